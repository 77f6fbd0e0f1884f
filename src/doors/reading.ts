/** What a header of the PROXY protocol says. */
export interface Header {
  /** The client's; undefined when the proxy speaks for itself. */
  readonly address: string | undefined;
  /** How many bytes the header has. */
  readonly length: number;
}

/** What the first bytes of a connection are: a header; not all of one yet; none. */
export type Reading = Header | 'more' | 'wrong';
