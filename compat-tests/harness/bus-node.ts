import { type BusEvents, LocalNode } from '../../src/bus/local.js';
import { Message, type Settled } from '../../src/bus/message.js';
import { ANY_SPEECH, decode, type Frame, type FrameOf, type Kind } from '../../src/bus/wire.js';

/** A node that is told of nothing, and has no users. */
export const NO_EVENTS: BusEvents = {
  receive: () => false,
  receivePublished: () => {},
  returned: () => {},
  stored: () => {},
  mayBeStored: () => {},
  taken: () => {},
  lostContest: () => {},
  recalled: () => {},
  banned: () => {},
  bans: () => [],
  reachChanged: () => {},
  isHere: () => false,
};

/** A node whose frames are kept instead of sent. */
export function aNode(events: Partial<BusEvents> = {}) {
  const frames: Frame[] = [];
  const tell = async (_: string | undefined, bytes: Buffer) => {
    const frame = decode(bytes);
    if (frame !== undefined) frames.push(frame);
    return 1;
  };
  const local = new LocalNode({ tell }, ANY_SPEECH);
  local.events = { ...NO_EVENTS, ...events };
  local.isUp = true;
  return {
    local,
    /** The kinds of what it has said and nobody has taken, in order. */
    kinds: () => frames.map(({ kind }) => kind),
    /** Takes all that it has said. */
    taken: () => frames.splice(0),
    /** Takes what it has said of one kind. */
    said<K extends Kind>(kind: K): FrameOf<K>[] {
      const said = frames.filter((frame): frame is Frame & FrameOf<K> => frame.kind === kind);
      frames.splice(0, frames.length, ...frames.filter((frame) => frame.kind !== kind));
      return said;
    },
  };
}

/** A message that tells for whom it is settled, and how. */
export function aMessage(
  text: string,
  onSettled: (userid: number, how: Settled) => void = () => {},
): Message {
  return Message.received(Buffer.from(text), onSettled);
}
