import type { ConnectionLost } from './link.js';

/** Everything that chat-client says, in one language. The words of the server and of other users come as they are. */
export interface Words {
  /** The text of --help. */
  readonly usage: string;
  readonly menu: string;
  readonly choice: string;
  readonly username: string;
  readonly password: string;
  readonly userid: string;
  readonly invalidInput: string;
  readonly invalidCommand: string;
  readonly useridNotNumber: string;
  readonly nameTaken: string;
  readonly registered: (id: number) => string;
  readonly loginTitle: string;
  readonly loginEnd: string;
  readonly loggedIn: (id: string, name: string) => string;
  readonly friendsTitle: string;
  readonly groupsTitle: string;
  readonly said: (time: string, id: string, name: string, msg: string) => string;
  readonly groupMessage: (groupid: string) => string;
  readonly helpTitle: string;
  /** The use of each command, and its form. */
  readonly commands: Readonly<Record<CommandName, string>>;
  readonly cannotBeRead: (command: string) => string;
  readonly unread: string;
  readonly longestName: (most: number) => string;
  readonly ofLastLogin: string;
  readonly newGroup: string;
  readonly noSuchUser: string;
  readonly noSuchGroup: string;
  readonly maybeNoUser: (id: number) => string;
  readonly maybeNoGroup: (id: number) => string;
  /** Behind what the server says of the user or group. */
  readonly nobodyGetsIt: (why: string) => string;
  readonly friendMade: (id: number) => string;
  readonly friendAsked: (id: number) => string;
  readonly friendRefused: (id: number) => string;
  readonly noRequests: string;
  readonly friendDeleted: (id: number) => string;
  readonly groupMade: (id: number) => string;
  readonly groupEntered: (id: number) => string;
  readonly groupLeft: (id: number) => string;
  readonly groupRenamed: (id: number, name: string) => string;
  readonly groupDissolved: (id: number) => string;
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly passwordChanged: string;
  readonly noMessages: string;
  /** The own message is taken back. */
  readonly recalled: (text: string) => string;
  readonly nothingToRecall: string;
  /** Somebody else's is: as it was shown, or whose it was. */
  readonly takenBack: (line: string) => string;
  readonly takenBackBy: (id: number) => string;
  readonly friendCame: (id: number, name: string) => string;
  readonly friendWent: (id: number, name: string) => string;
  /** `count` own messages were not answered when the person leaves. */
  readonly unconfirmed: (count: number) => string;
  /** How what was before is asked for. */
  readonly moreBefore: (line: string) => string;
  /** The server is one that has nothing more than the original. */
  readonly unsupported: string;
  readonly tooLong: (error: RangeError) => string;
  readonly lost: (lost: ConnectionLost) => string;
  readonly cannotConnect: (host: string, port: number, why: string) => string;
  readonly reconnecting: string;
  /** The typed line is no answer, and is kept as a command. */
  readonly kept: string;
  /** The typed line is no answer, and is forgotten. */
  readonly notYet: string;
  /** The server's own words for a refusal, where this language has others for them. */
  readonly refusals: ReadonlyMap<string, string>;
}

export type CommandName =
  | 'loginout'
  | 'addgroup'
  | 'groupchat'
  | 'creategroup'
  | 'addfriend'
  | 'chat'
  | 'recall'
  | 'friends'
  | 'groups'
  | 'deletefriend'
  | 'requests'
  | 'accept'
  | 'refuse'
  | 'members'
  | 'leavegroup'
  | 'renamegroup'
  | 'dissolvegroup'
  | 'who'
  | 'history'
  | 'grouphistory'
  | 'search'
  | 'groupsearch'
  | 'password'
  | 'quit'
  | 'help';
