/** A text in each language that the tool speaks. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** The result of one case. */
export type Finding =
  | { readonly verdict: 'same' }
  /** Not as the original, but as DIFFERENCES.md says under that number. */
  | { readonly verdict: 'differs'; readonly number: number }
  | { readonly verdict: 'wrong'; readonly fault: Fault }
  /** The server does not answer any more. */
  | { readonly verdict: 'ended'; readonly fault: Fault }
  | { readonly verdict: 'not run'; readonly needs: Text };

export type Verdict = Finding['verdict'];
export const VERDICTS = ['same', 'differs', 'wrong', 'ended', 'not run'] as const satisfies Verdict[];

/** A fault: bytes as text, where there are any, and its effect for somebody at a client. */
export interface Fault {
  readonly wanted?: string;
  readonly got?: string;
  readonly shows: Text;
  /** What became of the server, where the tool has started it. */
  readonly farewell?: Farewell | undefined;
}

/** How a process went, and the last of what it wrote to its standard output and error output. */
export interface Farewell {
  /** Its exit status, or the signal that ended it; undefined: it ran on without an answer, and was killed. */
  readonly status?: number | string | undefined;
  readonly said: string;
}

export const SAME: Finding = { verdict: 'same' };

/** As the original does not, on purpose. */
export function differs(number: number): Finding {
  return { verdict: 'differs', number };
}

/** A case found something wrong. */
export class Wrong extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.shows.en);
    this.fault = fault;
  }
}

/** Throws Wrong unless the two texts are the same. */
export function same(got: string, wanted: string, shows: Text): void {
  if (got !== wanted) throw new Wrong({ wanted, got, shows });
}
