import { poolOfEach } from '../config/pool.js';
import { fileLimit, roomForClients, tooFewFiles } from '../ops/files.js';
import { type Check, fine, warning } from './finding.js';

const ABOUT = 'open files';
/** A limit that leaves room for fewer clients is usually one that nobody has chosen. */
const FEW = 4096;
const REMEDY = 'ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit';

/** How many clients the limit of open files allows. */
export const checkFiles: Check = async ({ settings }) => {
  const limit = fileLimit();
  const room = roomForClients(poolOfEach(settings), limit);
  if (limit === undefined || room === undefined) return [fine(ABOUT, 'there is no limit')];
  const text = `${limit} may be open: room for ${room} clients in each process`;
  return [tooFewFiles(limit) !== undefined || room < FEW ? warning(ABOUT, text, REMEDY) : fine(ABOUT, text)];
};
