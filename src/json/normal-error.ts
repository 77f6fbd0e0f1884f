/**
 * An error that is no fault of the program: a stranger brings it about as often as it likes. It has no stack, which
 * would cost thirty times as much as the rest of it.
 */
export class NormalError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
