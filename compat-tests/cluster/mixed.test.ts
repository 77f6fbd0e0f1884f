import { fileURLToPath } from 'node:url';
import t from 'tap';

if (process.env.CHAT_ORIGINAL === undefined) {
  const skip = 'CHAT_ORIGINAL does not say where its ChatServer is';
  t.test('an original node beside ours', { skip }, () => undefined);
} else {
  // In a network of their own, where the ports that are compiled into the original are free.
  const unshare = process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net'];
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const tests = fileURLToPath(new URL('mixed.js', import.meta.url));
  t.spawn('unshare', [...unshare, ...inside, process.execPath, tests], {}, 'an original node beside ours');
}
