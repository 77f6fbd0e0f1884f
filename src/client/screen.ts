/** A message as it travels: a flat JSON object. */
export type Document = Record<string, unknown>;

export const MENU = `========================
1. login
2. register
3. quit
========================`;

/** The JSON object in a text; undefined where there is none. */
export function readDocument(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Document) : undefined;
  } catch {
    return undefined;
  }
}

/** A line for the screen, as a template tag. Control characters in people's texts stay off the terminal. */
function line(parts: TemplateStringsArray, ...values: unknown[]): string {
  const shown = values.map((value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')));
  return String.raw({ raw: parts }, ...shown).replace(/[^\P{Cc}\t]/gu, '\ufffd');
}

/** Lines of a list whose items are JSON texts. An item that is no object is shown as it is. */
function lines(list: unknown, show: (item: Document) => string[]): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text) => {
    const item = readDocument(String(text));
    return item ? show(item) : [line`${text}`];
  });
}

/** A chat message, one-to-one (msgid 6) or from a group. */
export function chatLine(message: Document): string {
  const { groupid, id, msg, msgid, name, time } = message;
  const said = line`${time} [${id}]${name} said: ${msg}`;
  return msgid === 6 ? said : line`群消息[${groupid}]:${said}`;
}

/** What a successful login shows: the user, friends, groups with members, stored messages. */
export function loginScreen(reply: Document): string {
  return [
    '======================login user======================',
    line`current login user => id:${reply.id} name:${reply.name}`,
    '----------------------friend list---------------------',
    ...lines(reply.friends, (friend) => [line`${friend.id} ${friend.name} ${friend.state}`]),
    '----------------------group list----------------------',
    ...lines(reply.groups, (group) => [
      line`${group.id} ${group.groupname} ${group.groupdesc}`,
      ...lines(group.users, (user) => [line`${user.id} ${user.name} ${user.state} ${user.role}`]),
    ]),
    '======================================================',
    ...lines(reply.offlinemsg, (message) => [chatLine(message)]),
  ].join('\n');
}

/** The answer to a failed login: the server's words, in quotes as the original prints them. */
export function loginError(reply: Document): string {
  return line`${JSON.stringify(reply.errmsg)}`;
}

/** The answer to a registration. Only a name that is taken comes without the server's own words. */
export function registerResult(reply: Document): string {
  if (reply.errno === 0) return `name register success, userid is ${reply.id}, do not forget it!`;
  return reply.errmsg === undefined ? 'name is already exist, register error!' : loginError(reply);
}
