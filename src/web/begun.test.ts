import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { Begun } from './begun.js';

interface Sent {
  readonly kind: number;
  readonly isLast: boolean;
  readonly length: number;
  readonly isMasked: boolean;
}

function bytesOf({ kind, isLast, length, isMasked }: Sent): Buffer {
  const head = Buffer.alloc(10);
  head[0] = (isLast ? 0x80 : 0) | kind;
  let end = 2;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    end = head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    end = head.writeUIntBE(length, 4, 6);
  }
  if (isMasked) head[1] |= 0x80;
  // Bytes that look like heads of other frames.
  return Buffer.concat([head.subarray(0, end), Buffer.alloc((isMasked ? 4 : 0) + length, 0x81)]);
}

const aMessage = fc
  .tuple(
    fc.array(
      fc.record({
        length: fc.oneof(fc.nat({ max: 130 }), fc.constantFrom(125, 126, 65_535, 65_536, 70_000)),
        isMasked: fc.boolean(),
        control: fc.option(fc.tuple(fc.constantFrom(8, 9, 10), fc.nat({ max: 125 })), { freq: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    fc.constantFrom(1, 2),
  )
  .map(([parts, kind]) =>
    parts.flatMap(({ length, isMasked, control }, at): Sent[] => [
      ...(control === null ? [] : [{ kind: control[0], isLast: true, length: control[1], isMasked }]),
      { kind: at === 0 ? kind : 0, isLast: at === parts.length - 1, length, isMasked },
    ]),
  );

t.test('in whatever reads frames come, all reads of what has not ended are kept, and no others', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 80_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(aMessage, { maxLength: 6 }), cuts, (messages, sizes) => {
      // Where each message, and each frame between messages, begins and ends in the stream.
      const spans: [from: number, to: number][] = [];
      const all: Buffer[] = [];
      let at = 0;
      let from: number | undefined;
      for (const frame of messages.flat()) {
        const bytes = bytesOf(frame);
        all.push(bytes);
        if (frame.kind >= 8 && from === undefined) spans.push([at, at + bytes.length]);
        else if (frame.kind < 8) from ??= at;
        at += bytes.length;
        if (frame.kind >= 8 || !frame.isLast || from === undefined) continue;
        spans.push([from, at]);
        from = undefined;
      }
      const stream = Buffer.concat(all);
      const begun = new Begun();
      const starts: number[] = [];
      for (let start = 0, n = 0; start < stream.length; n++) {
        const end = Math.min(stream.length, start + (sizes[n % sizes.length] ?? 1));
        starts.push(start);
        const kept = begun.push(stream.subarray(start, end));
        const open = spans.find(([from, to]) => from < end && to > end);
        // All from the read that it began in.
        const first = open && starts.findLast((one) => one <= open[0]);
        assert.equal(kept, first === undefined ? 0 : end - first);
        start = end;
      }
    }),
  );
});

t.test('short frames that a read has whole are not looked at byte by byte', async (t) => {
  const FRAMES = 8000;
  const frame = bytesOf({ kind: 1, isLast: true, length: 2, isMasked: true });
  const chunk = Buffer.alloc(FRAMES * frame.length + 1, frame);
  let looks = 0;
  const readUInt8 = chunk.readUInt8.bind(chunk);
  chunk.readUInt8 = (at) => {
    looks++;
    return readUInt8(at);
  };
  t.equal(new Begun().push(chunk), chunk.length, 'the first byte of another frame stands behind them');
  t.ok(looks < 10, `${looks} looks at single bytes`);
});
