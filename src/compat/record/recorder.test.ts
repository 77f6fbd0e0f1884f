import t from 'tap';
import { loadDialect } from '../../dialect/load.js';
import { Recorder } from './recorder.js';

t.setTimeout(120_000);

const dialect = loadDialect('original');

/** The bytes one by one, as a client that wants to be slow sends them. */
function* singly(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}

t.test('a request is written down once whole, with what it was answered', async (t) => {
  const recorder = new Recorder(dialect);
  recorder.opened(1);
  recorder.heard('client', 1, Buffer.from('{"msgid":1}\0{"msg'));
  recorder.heard('server', 1, Buffer.from('{"a":1}{"b":'));
  recorder.heard('server', 1, Buffer.from('2}'));
  recorder.heard('client', 1, Buffer.from('id":3}\0{"a'));
  recorder.ended('client', 1, false);
  const then = { c1: [{ text: '{"a":1}' }, { text: '{"b":2}' }] };
  t.match(recorder.steps, [
    { do: 'connect', conn: 'c1' },
    { do: 'send', bytes: { text: '{"msgid":1}\0' }, then },
    { do: 'send', bytes: { text: '{"msgid":3}\0' } },
    { do: 'send', bytes: { text: '{"a' } },
    { do: 'close', conn: 'c1' },
  ]);
});

t.test('a long request byte by byte costs each byte once', async (t) => {
  const recorder = new Recorder(dialect);
  recorder.opened(1);
  const text = `{"msgid":6,"msg":"${'x'.repeat(250_000)}"}`;
  for (const byte of singly(text)) recorder.heard('client', 1, byte);
  t.equal(recorder.steps.length, 2);
  t.match(recorder.steps.at(-1), { do: 'send', bytes: { text } });
});

t.test('very many answers to one request cost each answer once', async (t) => {
  const recorder = new Recorder(dialect);
  recorder.opened(1);
  recorder.heard('client', 1, Buffer.from('{"msgid":1}'));
  for (let n = 0; n < 30; n++) recorder.heard('server', 1, Buffer.from('{}'.repeat(10_000)));
  const [, step] = recorder.steps;
  t.equal(step !== undefined && 'then' in step ? step.then?.c1?.length : 0, 300_000);
});
