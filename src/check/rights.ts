import { privateFiles } from '../backends.js';
import { openToOthers, remedyFor } from '../ops/rights.js';
import { type Check, warning } from './finding.js';

/** Whether others than their owner may read the files that the server writes. */
export const checkRights: Check = async ({ settings }) => {
  const open = openToOthers(privateFiles(settings));
  if (open.length === 0) return [];
  const files = open.map(({ file, mode }) => `${file} (${mode})`).join(', ');
  return [warning('rights', `others may read passwords or messages in ${files}`, remedyFor(open))];
};
