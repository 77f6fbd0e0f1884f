import { usePage } from './context.js';
import type { Notice } from './model.js';
import type { Words } from './words.js';

const TEXTS: Record<Notice['kind'], keyof Words> = {
  elsewhere: 'elsewhere',
  kicked: 'kicked',
  inUse: 'inUse',
  noCopy: 'noCopy',
  unavailable: 'unavailable',
  otherTab: 'otherTab',
};

/** After these this page has no connection until the person wants one. */
const ENDED: readonly Notice['kind'][] = ['elsewhere', 'kicked', 'inUse', 'otherTab'];

/** How the connection is, where there is something to say. */
export function Banner() {
  const { session, words } = usePage();
  const { notice, line } = session.model;
  if (notice !== undefined) {
    const isOver = ENDED.includes(notice.kind);
    return (
      <div class="banner" role="alert">
        <span>{String(words[TEXTS[notice.kind]])}</span>
        {isOver && (
          <button type="button" onClick={() => void session.comeBack()}>
            {words.useHere}
          </button>
        )}
      </div>
    );
  }
  if (line === 'open') return null;
  return (
    <div class="banner" role="status">
      <span>{line === 'waiting' ? words.reconnecting : words.connecting}</span>
    </div>
  );
}
