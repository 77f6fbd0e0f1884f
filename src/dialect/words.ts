/** The roles of a request's fields, by the names that forks give them: in lower case, without underscores. */
export const WORDS = {
  password: ['password', 'passwd', 'passward', 'pwd', 'pass', 'userpassword', 'userpwd'],
  text: ['msg', 'message', 'content', 'text', 'body', 'data', 'chatmsg', 'words'],
  id: ['id', 'uid', 'userid', 'from', 'fromid', 'fromuid', 'sender', 'senderid', 'myid', 'selfid'],
  toid: [
    'to',
    'toid',
    'touid',
    'touserid',
    'receiver',
    'receiverid',
    'target',
    'targetid',
    'peerid',
    'dstid',
  ],
  friendid: ['friendid', 'fid', 'friend', 'frdid', 'friendsid'],
  groupid: ['groupid', 'gid', 'group'],
  name: ['name', 'username', 'uname', 'user', 'nickname', 'nick', 'account', 'fromname'],
  toname: ['to', 'toname', 'tousername', 'touser', 'receiver', 'target'],
  friendname: ['friendname', 'fname', 'friend'],
  groupname: ['groupname', 'gname', 'group'],
  groupdesc: ['groupdesc', 'gdesc', 'desc', 'description', 'groupdescription'],
} as const;

/** The roles of a reply's fields, likewise. */
export const REPLY_WORDS = {
  errno: ['errno', 'error', 'errcode', 'code', 'status', 'err', 'ret', 'retcode', 'result', 'errnum'],
  errmsg: ['errmsg', 'errmessage', 'errormsg', 'errormessage', 'sysmsg', 'msg', 'message', 'info', 'reason'],
  id: ['id', 'uid', 'userid'],
  name: ['name', 'username', 'uname', 'nickname'],
  groupid: ['groupid', 'gid', 'id'],
  friends: ['friends', 'friend', 'friendlist', 'flist'],
  groups: ['groups', 'group', 'grouplist', 'allgroup', 'glist'],
  offlinemsg: ['offlinemsg', 'offlinemsgs', 'offlinemessage', 'offlinemessages', 'offmsg', 'offline'],
} as const;

/** The roles of the fields of friends, groups and members, likewise. */
export const ITEM_WORDS = {
  state: ['state', 'status', 'online', 'gustate', 'ustate'],
  role: ['role', 'grouprole', 'gurole', 'urole'],
  groupname: ['groupname', 'gname', 'name'],
  groupdesc: ['groupdesc', 'gdesc', 'desc', 'description'],
} as const;

/** The names of the field that tells the kind of a message, the likeliest first. */
export const TYPE_WORDS = ['msgid', 'msgtype', 'messagetype', 'type', 'cmd', 'op', 'action', 'msgcode'];

/** A name as it stands in these lists. */
export function folded(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

/** Whether a field of that name may be for this. */
export function isCalled(name: string, words: readonly string[]): boolean {
  return words.includes(folded(name));
}
