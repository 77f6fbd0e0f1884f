/** The methods of HTTP that a browser sends without asking first, and those of others who take a port for theirs. */
const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE', 'PATCH', 'CONNECT', 'TRACE', 'PRI'];
const STARTS = METHODS.map((method) => Buffer.from(`${method} `));
const LONGEST = Math.max(...STARTS.map(({ length }) => length));
const BRACE = 0x7b;

/** The answer to a client that speaks HTTP. */
export const BAD_REQUEST = Buffer.from(
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
);

/** Looks at the first bytes of a connection, until it is known whether they are HTTP. */
export class FirstLine {
  private bytes: Buffer = Buffer.alloc(0);

  /** Whether it is HTTP; undefined when that is not known yet. */
  isHttp(chunk: Buffer): boolean | undefined {
    if (this.bytes.length === 0 && chunk[0] === BRACE) return false;
    this.bytes = Buffer.concat([this.bytes, chunk.subarray(0, LONGEST)]);
    const { length } = this.bytes;
    const like = STARTS.filter((start) =>
      start.subarray(0, length).equals(this.bytes.subarray(0, start.length)),
    );
    if (like.length === 0) return false;
    return like.some((start) => start.length <= length) ? true : undefined;
  }
}
