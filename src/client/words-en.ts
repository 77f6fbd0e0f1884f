import type { Words } from './words.js';

/** English. Words that the original has are as there. */
export const ENGLISH: Words = {
  usage: `usage: chat-client HOST PORT [--tls [--ca FILE]]

Talks to a chat server: register, log in with the id that you are given, then type commands;
help lists them. Example: chat-client 127.0.0.1 6000

  --tls         speak TLS, with the port that the server has for it
  --ca FILE     the certificate (PEM) of who vouches for the server, if it is nobody whom all know
  -h, --help    show this

At a keyboard: arrow-up brings commands back, Ctrl-D or quit ends. (unread) stands before messages that
were waiting for you. On a pipe, one line of input is one answer, as with the original's client.`,
  menu: `========================
1. login
2. register
3. quit
========================`,
  choice: 'choice:',
  username: 'username:',
  password: 'userpassword:',
  userid: 'userid:',
  invalidInput: 'invalid input!',
  invalidCommand: 'invalid input command!',
  useridNotNumber: 'userid must be a number!',
  nameTaken: 'name is already exist, register error!',
  registered: (id) => `name register success, userid is ${id}, do not forget it!`,
  loginTitle: '======================login user======================',
  loginEnd: '======================================================',
  loggedIn: (id, name) => `current login user => id:${id} name:${name}`,
  friendsTitle: '----------------------friend list---------------------',
  groupsTitle: '----------------------group list----------------------',
  said: (time, id, name, msg) => `${time} [${id}]${name} said: ${msg}`,
  groupMessage: (groupid) => `group [${groupid}]:`,
  helpTitle: 'show command list >>> ',
  commands: {
    loginout: 'log out: loginout',
    addgroup: 'join a group: addgroup:groupid',
    groupchat: 'write to a group: groupchat:groupid:message',
    creategroup: 'make a group: creategroup:groupname:groupdesc',
    addfriend: 'add a friend: addfriend:friendid',
    chat: 'write to one user: chat:friendid:message',
    recall: 'take back what was written last: recall',
    friends: 'show the friends: friends',
    groups: 'show the groups: groups',
    deletefriend: 'take a friend off the list: deletefriend:friendid',
    requests: 'show who wants to be your friend: requests',
    accept: 'become a friend of who has asked: accept:friendid',
    refuse: 'do not: refuse:friendid',
    members: 'show who is in a group: members:groupid',
    leavegroup: 'leave a group: leavegroup:groupid',
    renamegroup: 'give your group another name: renamegroup:groupid:groupname',
    dissolvegroup: 'end your group: dissolvegroup:groupid',
    who: 'who has an id or a name: who:id or who:name; who you are: who',
    history: 'what was written before: history:friendid; before message 21: history:friendid:21',
    grouphistory: 'the same of a group: grouphistory:groupid or grouphistory:groupid:21',
    search: 'find what was written: search:friendid:text',
    groupsearch: 'the same in a group: groupsearch:groupid:text',
    password: 'change your password: password',
    quit: 'end: quit',
    help: 'show all commands: help',
  },
  cannotBeRead: (command) => `${command} command invalid!`,
  unread: '(unread) ',
  longestName: (most) => `a name has at most ${most} characters`,
  ofLastLogin: 'as of your last login; loginout and log in again to see what is new',
  newGroup:
    "to see the new group's id, loginout and log in again; if it is not in groups then, its name was taken",
  noSuchUser:
    'the server does not tell whether there is such a user; if so, friends shows it after the next login',
  noSuchGroup:
    'the server does not tell whether there is such a group; if so, groups shows it after the next login',
  maybeNoUser: (id) => `the server does not tell whether there is a user ${id}; if so, the message is there`,
  maybeNoGroup: (id) =>
    `the server does not tell whether there is a group ${id}; if so, its members get the message`,
  nobodyGetsIt: (why) => `${why}: nobody gets the message`,
  friendMade: (id) => `user ${id} is on your list of friends`,
  friendAsked: (id) => `user ${id} is asked to be your friend`,
  friendRefused: (id) => `user ${id} is not your friend, and is not told`,
  noRequests: 'nobody has asked',
  friendDeleted: (id) => `user ${id} is off your list of friends`,
  groupMade: (id) => `the group is made, its id is ${id}`,
  groupEntered: (id) => `you are in group ${id}`,
  groupLeft: (id) => `you have left group ${id}`,
  groupRenamed: (id, name) => `group ${id} is called ${name}`,
  groupDissolved: (id) => `group ${id} is dissolved, its members are told`,
  oldPassword: 'password so far:',
  newPassword: 'new password:',
  passwordChanged: 'the password is changed',
  noMessages: 'no such message',
  recalled: (text) => `taken back: ${text}`,
  nothingToRecall: 'there is nothing to take back',
  takenBack: (line) => `was taken back: ${line}`,
  takenBackBy: (id) => `user ${id} has taken a message back`,
  friendCame: (id, name) => `[${id}]${name} is online`,
  friendWent: (id, name) => `[${id}]${name} is offline`,
  unconfirmed: (count) => `${count} of your messages may not have arrived`,
  moreBefore: (line) => `what was before: ${line}`,
  unsupported: 'this server does not know that',
  tooLong: ({ message }) => message,
  lost: ({ message }) => message,
  cannotConnect: (host, port, why) => `cannot connect to ${host} ${port}: ${why}`,
  reconnecting: 'connecting again by itself; Enter tries at once, quit ends',
  kept: 'not connected yet: the line is kept',
  notYet: 'not connected yet; quit ends',
  refusals: new Map(),
};
