import { basename } from 'node:path';
import { z } from 'zod';
import { FileTooLarge, readBounded } from '../../text/bounded-file.js';
import { scenario } from '../replay/scenario.js';

/** The longest recording, in bytes: longer than any that `record` writes, and short enough for one string. */
const LONGEST = 480 << 20;

/** A file of `chat-compat record`: as the recordings of fixtures/, without rows, as nobody has seen these. */
const recording = scenario.omit({ after: true, survived: true }).extend({ dialect: z.string() });

/** A session of somebody's own clients. The rows before it are what their logins told. */
export type Recording = z.output<typeof recording>;
/** The same as it is written. */
export type WrittenRecording = z.input<typeof recording>;

/** Reads a recording. Throws a line when it is not one. */
export function readRecording(path: string): Recording {
  try {
    return recording.parse(JSON.parse(readBounded(path, LONGEST).toString()));
  } catch (error) {
    throw new Error(`${path} ${whyNot(error)}`);
  }
}

function whyNot(error: unknown): string {
  if (error instanceof SyntaxError) return 'is not JSON';
  if (error instanceof FileTooLarge) return error.message;
  if (!(error instanceof z.ZodError)) return `cannot be read (${(error as NodeJS.ErrnoException).code})`;
  const [issue] = error.issues;
  return `is no recording: ${issue?.path.join('.')}: ${issue?.message}`;
}

/** The name of a recording, by its file. */
export function nameOf(path: string): string {
  return basename(path).replace(/\.json$/, '');
}

/** The steps of a recording as they are replayed. */
export function readSteps(written: WrittenRecording): Recording['steps'] {
  return recording.parse(written).steps;
}
