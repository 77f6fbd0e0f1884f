import { anyText } from './documents.js';
import type { Random } from './random.js';

/** Bytes that change nothing and are not answered, whatever they are cut into; the NUL that ends them is the last. */
export function junk(random: Random): Buffer {
  let bytes: Buffer;
  do {
    bytes = template(random);
    for (let n = random.int(4); n > 0; n--) bytes = mutated(bytes, random);
  } while (ANSWERED.test(bytes.toString('latin1')));
  return Buffer.concat([bytes, Buffer.alloc(1)]);
}

/** A document that may be a login or a registration is answered even if it cannot be read (DIFFERENCES 19). */
const ANSWERED = /"msgid":([14](?!\d)|true)/;

/** The ids are strings: such a message is dropped even if the rest of it stays a valid one. */
function template(random: Random): Buffer {
  const msgid = random.pick([3, 6, 7, 8, 9, 10, 2, 5, 99, null, 'x', 2e300]);
  const text = anyText(random, 10);
  const document = { msgid, id: 'i', toid: 'i', groupid: 'i', msg: text, groupname: 'g', groupdesc: text };
  return random.pick([
    () => Buffer.from(JSON.stringify(document)),
    () => Buffer.from(JSON.stringify(document)),
    // Not at the beginning: a client whose first line is HTTP is told so, and ended (DIFFERENCES 23).
    () => Buffer.from('Accept-Language: zh-CN, en\r\nHost: chat\r\n\r\nGET / HTTP/1.1\r\n\r\n'),
    () => Buffer.from(Array.from({ length: random.int(50) }, () => random.int(256))),
    () => Buffer.from('['.repeat(random.int(3000))),
    () => Buffer.from('{"a":'.repeat(random.int(3000))),
    () => Buffer.from(`[${JSON.stringify(document)}`),
    () => Buffer.from('{"id":1e999,"msgid":1e999}'),
  ])!();
}

function mutated(bytes: Buffer, random: Random): Buffer {
  const at = random.int(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  return random.pick([
    () => before,
    () => Buffer.concat([before, Buffer.from([random.int(256)]), after]),
    () => Buffer.concat([before, Buffer.from([random.int(256)]), after.subarray(1)]),
    () => Buffer.concat([before, after.subarray(random.int(20))]),
    () => Buffer.concat([before, before.subarray(-random.int(20)), after]),
    () => Buffer.concat([before, Buffer.from('\n'), after]),
  ])!();
}
