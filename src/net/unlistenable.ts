const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is taken by another program: take another port, or 0 for a free one',
  EACCES: 'take a port above 1023',
  EADDRNOTAVAIL: 'take an address of this machine, or 0.0.0.0 for all of them',
};

/**
 * The system's error for an address that cannot be listened on, with the address and with what can be done about it. Any
 * other error comes back as it is.
 */
export function unlistenable(error: unknown, ip?: string, port?: number): unknown {
  const {
    code = '',
    syscall,
    address = ip,
    port: at = port,
  } = (error ?? {}) as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  const remedy = REMEDIES[code];
  if (remedy === undefined || (syscall !== 'listen' && syscall !== 'bind')) return error;
  const message = `cannot listen on ${ip ?? address} ${at} (${code}): ${remedy}`;
  return Object.assign(new Error(message, { cause: error }), { code });
}
