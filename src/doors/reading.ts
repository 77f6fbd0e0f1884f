/** The content of a header of the PROXY protocol. */
export interface Header {
  /** The client's; undefined when the proxy speaks for itself. */
  readonly address: string | undefined;
  /** How many bytes the header has. */
  readonly length: number;
}

/** The kinds of first bytes of a connection: a header; not all of one yet; none. */
export type Reading = Header | 'more' | 'wrong';
