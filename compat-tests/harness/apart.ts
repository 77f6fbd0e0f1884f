/** The command and the arguments that run a Node program in a network of its own, in which only it listens. */
export function inOwnNetwork(program: readonly string[]): [command: string, args: string[]] {
  const unshare = process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net'];
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  return ['unshare', [...unshare, ...inside, process.execPath, ...program]];
}
