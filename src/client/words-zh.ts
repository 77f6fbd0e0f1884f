import type { ConnectionLost } from './link.js';
import type { Words } from './words.js';

const LOST: Readonly<Record<string, string>> = {
  closed: '服务器关闭了连接',
  silent: '服务器一直没有回答',
  endless: '服务器发来的内容太长',
};

/** Chinese. The help of commands is the original's. */
export const CHINESE: Words = {
  usage: `用法：chat-client HOST PORT [--tls [--ca FILE]]

连接聊天服务器：先注册，用得到的 id 登录，然后输入命令；help 列出所有命令。
例如：chat-client 127.0.0.1 6000

  --tls         用 TLS，端口是服务器的 TLS 端口
  --ca FILE     为服务器作证的证书（PEM），在它不是公认的机构时
  -h, --help    显示这些

在键盘上：↑ 找回以前的命令，Ctrl-D 或 quit 退出。没有上线时收到的消息前面有（未读）。
在管道里：输入的一行就是一个回答，和原版客户端一样。`,
  menu: `========================
1. 登录
2. 注册
3. 退出
========================`,
  choice: '请选择：',
  username: '用户名：',
  password: '密码：',
  userid: '用户 id：',
  invalidInput: '没有这个选项！',
  invalidCommand: '没有这个命令！help 显示所有命令',
  useridNotNumber: '用户 id 必须是数字！',
  nameTaken: '注册失败，用户名已存在！',
  registered: (id) => `注册成功，用户 id 是 ${id}，请记住它！`,
  loginTitle: '=======================登录用户=======================',
  loginEnd: '======================================================',
  loggedIn: (id, name) => `当前登录用户 => id：${id} 用户名：${name}`,
  friendsTitle: '-----------------------好友列表-----------------------',
  groupsTitle: '-----------------------群组列表-----------------------',
  said: (time, id, name, msg) => `${time} [${id}]${name} 说：${msg}`,
  groupMessage: (groupid) => `群消息[${groupid}]:`,
  helpTitle: '所有命令 >>> ',
  commands: {
    loginout: '注销，格式loginout',
    addgroup: '加入群组，格式addgroup:groupid',
    groupchat: '群聊，格式groupchat:groupid:message',
    creategroup: '创建群组，格式creategroup:groupname:groupdesc',
    addfriend: '添加好友，格式addfriend:friendid',
    chat: '一对一聊天，格式chat:friendid:message',
    friends: '好友列表，格式friends',
    groups: '群组列表，格式groups',
    deletefriend: '删除好友，格式deletefriend:friendid',
    requests: '谁想加你为好友，格式requests',
    accept: '同意好友申请，格式accept:friendid',
    refuse: '拒绝好友申请，格式refuse:friendid',
    members: '群成员列表，格式members:groupid',
    leavegroup: '退出群组，格式leavegroup:groupid',
    renamegroup: '给自己的群组改名，格式renamegroup:groupid:groupname',
    dissolvegroup: '解散自己的群组，格式dissolvegroup:groupid',
    who: '按 id 或用户名查找用户，格式who:id或who:name；自己是谁：who',
    history: '聊天记录，格式history:friendid；21 号以前的：history:friendid:21',
    grouphistory: '群聊天记录，格式grouphistory:groupid或grouphistory:groupid:21',
    search: '搜索聊天记录，格式search:friendid:text',
    groupsearch: '搜索群聊天记录，格式groupsearch:groupid:text',
    password: '修改密码，格式password',
    quit: '退出，格式quit',
    help: '显示所有支持的命令，格式help',
  },
  cannotBeRead: (command) => `${command} 命令的格式不对！`,
  unread: '（未读）',
  longestName: (most) => `用户名最多 ${most} 个字符`,
  ofLastLogin: '这是上次登录时的情况；loginout 后重新登录可以看到新的',
  newGroup: '要看新群组的 id，请 loginout 后重新登录；那时 groups 里没有，就是名字已经有人用了',
  noSuchUser: '服务器不会说明有没有这个用户；如果有，下次登录后 friends 会显示',
  noSuchGroup: '服务器不会说明有没有这个群组；如果有，下次登录后 groups 会显示',
  maybeNoUser: (id) => `服务器不会说明有没有用户 ${id}；如果有，消息会送到`,
  maybeNoGroup: (id) => `服务器不会说明有没有群组 ${id}；如果有，成员会收到消息`,
  nobodyGetsIt: (why) => `${why}消息没有人收到`,
  friendMade: (id) => `用户 ${id} 已在好友列表里`,
  friendAsked: (id) => `已请求用户 ${id} 加为好友，等待同意`,
  friendRefused: (id) => `没有同意用户 ${id}，对方不会得知`,
  noRequests: '没有好友申请',
  friendDeleted: (id) => `用户 ${id} 已不在好友列表里`,
  groupMade: (id) => `群组已创建，id 是 ${id}`,
  groupEntered: (id) => `已加入群组 ${id}`,
  groupLeft: (id) => `已退出群组 ${id}`,
  groupRenamed: (id, name) => `群组 ${id} 现在叫 ${name}`,
  groupDissolved: (id) => `群组 ${id} 已解散，成员会收到通知`,
  oldPassword: '原密码：',
  newPassword: '新密码：',
  passwordChanged: '密码已修改',
  noMessages: '没有这样的消息',
  moreBefore: (line) => `更早的：${line}`,
  unsupported: '这个服务器没有这项功能',
  tooLong: () => '太长了，服务器不接受',
  lost: ({ code }: ConnectionLost) => LOST[code] ?? `与服务器的连接断了：${code}`,
  cannotConnect: (host, port, why) => `连接不上 ${host} ${port}：${why}`,
  reconnecting: '正在自动重新连接；回车马上再试，quit 退出',
  kept: '还没有连上：这一行已经留着',
  notYet: '还没有连上；quit 退出',
  refusals: new Map([
    ['id or password is invalid!', 'id 或密码不对！'],
    ['this account is using, input another!', '这个帐号已经登录，请换一个！'],
    ['no such user', '没有这个用户！'],
    ['no such group', '没有这个群组！'],
    ['not a friend', '不是好友！'],
    ['not a member', '不是群成员！'],
    ['not the creator of the group', '只有群主可以！'],
    ['the creator of a group cannot leave it, only dissolve it', '群主不能退出，只能解散！'],
    ['the name is taken or too long', '这个名字已有人用，或者太长！'],
    ['an empty name', '名字不能为空！'],
    ['an empty password', '密码不能为空！'],
    ['the new password is too long, or the database cannot hold it', '新密码太长，或者数据库存不下！'],
    ['text has not 2 to 100 characters', '要搜索的文字必须是 2 到 100 个字符！'],
    ['this server keeps no history', '这个服务器不保存聊天记录！'],
    ['nobody has asked for it', '对方没有申请！'],
    ['a friendship with oneself', '不能加自己为好友！'],
    ['too many requests that nobody has answered', '还没有回应的好友申请太多了！'],
    ['the other has too many friends', '对方好友太多了！'],
    ['too many friends', '好友太多了！'],
    ['too many groups', '群组太多了！'],
    ['too many members', '群成员太多了！'],
    ['too many groups in an hour', '一小时内创建的群组太多了！'],
    ['service is unavailable, try again later!', '服务暂时不可用，请稍后再试！'],
  ]),
};
