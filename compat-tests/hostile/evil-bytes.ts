import type { Random } from '../fuzz/random.js';

/** Text that other users can put into a message, and a false server anywhere. */
const TEXTS = [
  'hello',
  '',
  '\\ud800',
  '\\udfff\\ud800',
  '\\u001b[2J\\u001b]0;title\\u0007',
  '\\u009b2J',
  '\\u0085forged line',
  '\\u202eesrever\\u2066',
  '\\u2028line\\u2029',
  '\\u0000',
  '\\n12:00 [1]victim said: forged\\r',
  '{\\"msgid\\":6}',
  '}{',
  '\\"\\\\',
  '陆'.repeat(300),
  '\ufeff\u200b',
];

const KEYS = [
  ...['msgid', 'id', 'errno', 'errmsg', 'name', 'msg', 'time', 'groupid', 'toid', 'friends', 'groups'],
  ...['users', 'role', 'state', 'offlinemsg', 'groupname', 'groupdesc', '__proto__', 'toString', 'valueOf'],
  ...['toJSON', 'then', 'length', 'constructor'],
];

/** Bytes of a server that means ill: replies and messages with anything in them, cut and joined in any way. */
export function evilBytes(random: Random): Buffer {
  const parts = Array.from({ length: 1 + random.int(6) }, () => part(random));
  const bytes = Buffer.concat(parts);
  return random.chance(0.2) ? mutated(bytes, random) : bytes;
}

/** A JSON text that is a document, with anything in it. */
export function evilDocument(random: Random): string {
  const shape = random.pick([chat, chat, login, login, refusal, registration, anything]) ?? anything;
  return shape(random);
}

function part(random: Random): Buffer {
  if (random.chance(0.75)) return Buffer.from(evilDocument(random));
  return random.pick([
    () => Buffer.from(Array.from({ length: random.int(300) }, () => random.int(256))),
    () => Buffer.from('{"a":'.repeat(random.int(20_000))),
    () => Buffer.from(`{"a":${'['.repeat(random.int(20_000))}}`),
    () => Buffer.from(`{"msg":"${'x'.repeat(random.int(100_000))}`),
    () => Buffer.from('{}'.repeat(random.int(5000))),
    () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  ])!();
}

function chat(random: Random): string {
  const msgid = random.pick(['6', '10', '6', '10', '"6"', '6.0']);
  return object(random, { msgid }, ['id', 'name', 'msg', 'time', 'groupid', 'toid']);
}

function login(random: Random): string {
  return object(random, { msgid: '2', errno: random.chance(0.8) ? '0' : value(random, 1) }, [
    ...['id', 'name', 'friends', 'groups', 'offlinemsg'],
  ]);
}

function registration(random: Random): string {
  return object(random, { msgid: '5', errno: random.chance(0.8) ? '0' : value(random, 1) }, ['id', 'errmsg']);
}

function refusal(random: Random): string {
  return object(random, { msgid: random.pick(['2', '5']), errno: value(random, 1) }, ['errmsg']);
}

function anything(random: Random): string {
  return object(
    random,
    {},
    KEYS.filter(() => random.chance(0.3)),
  );
}

function object(
  random: Random,
  fixed: Record<string, string | undefined>,
  keys: readonly string[],
  depth = 3,
): string {
  const members = keys.filter(() => random.chance(0.85)).map((key) => `"${key}":${value(random, depth - 1)}`);
  return `{${[...Object.entries(fixed).map(([key, text]) => `"${key}":${text}`), ...members].join(',')}}`;
}

/** Any JSON value: of any type, and nested as deep as a message can hold. */
function value(random: Random, depth: number): string {
  const nested = random.chance(0.02) ? 6000 : random.int(40);
  const one = random.pick<() => string | undefined>([
    () => `"${random.pick(TEXTS)}"`,
    () => `"${random.pick(TEXTS)}"`,
    () => random.pick(['0', '1', '-1', '1e400', '4294967297', '1.5', 'true', 'null', '9'.repeat(400)]),
    () => '['.repeat(nested) + ']'.repeat(nested),
    () => `${'{"a":'.repeat(nested)}1${'}'.repeat(nested)}`,
    () => list(random, depth),
    () => (depth === 0 ? '{}' : object(random, {}, [random.pick(KEYS) ?? 'id', 'toString', 'name'], depth)),
  ]);
  return one?.() ?? 'null';
}

/** A list as in a login reply: of JSON texts, or of anything else. */
function list(random: Random, depth: number): string {
  if (depth === 0) return '[]';
  const items = Array.from({ length: random.int(5) }, () =>
    random.chance(0.6)
      ? JSON.stringify(object(random, {}, KEYS.slice(0, 10), depth))
      : value(random, depth - 1),
  );
  return `[${items.join(',')}]`;
}

function mutated(bytes: Buffer, random: Random): Buffer {
  const at = random.int(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  return random.chance(0.5) ? before : Buffer.concat([before, Buffer.from([random.int(256)]), after]);
}
