import { NormalError } from '../json/normal-error.js';

/** A message that does not count: its sender may not send it (DIFFERENCES 3), or has too much already. */
export class Refused extends NormalError {}
