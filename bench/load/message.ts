/** The ids of all users of the benchmarks count up from here, so that those of a scenario are equally long. */
export const FIRST_USER = 1001;
export const GROUP = 1;
export const PASSWORD = '123456';

/** The bytes of the original client for a short chat message, with the NUL that ends it. */
const CHAT_BYTES = 116;

/** A message as the original client writes it: keys sorted, no white space, a NUL at its end. */
export function document(fields: Readonly<Record<string, string | number>>): Buffer {
  return Buffer.from(`${JSON.stringify(fields)}\0`);
}

export function login(id: number): Buffer {
  return document({ id, msgid: 1, password: PASSWORD });
}

export function logout(id: number): Buffer {
  return document({ id, msgid: 3 });
}

export function register(name: string): Buffer {
  return document({ msgid: 4, name, password: PASSWORD });
}

/** A chat message of CHAT_BYTES from one user to another. */
export function chat(id: number, toid: number): Buffer {
  return padded((msg) => ({ id, msg, msgid: 6, name: `user${id}`, time: '2024-02-22 18:01:23', toid }));
}

/** A chat message of CHAT_BYTES from a user to GROUP. */
export function groupChat(id: number): Buffer {
  const time = '2024-02-22 18:01:23';
  return padded((msg) => ({ groupid: GROUP, id, msg, msgid: 10, name: `user${id}`, time }));
}

/** Where the four digits of the sender's id are in a groupChat() message. */
export const GROUP_SENDER_AT = Buffer.byteLength(`{"groupid":${GROUP},"id":`);

function padded(fields: (msg: string) => Record<string, string | number>): Buffer {
  const text = 'hello, are you there? '.repeat(5);
  return document(fields(text.slice(0, CHAT_BYTES - document(fields('')).length)));
}
