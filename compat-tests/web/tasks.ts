import type { Browser } from 'playwright-core';

/** An event of a trace of Chromium: times are in µs. */
interface Event {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** The time that it took of the processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The tasks of pages while something was done: for so long a thread did nothing else, in ms of CPU time. */
export interface Tasks {
  readonly count: number;
  readonly longest: number;
}

/** Does something, and resolves with the tasks that the pages of the browser had meanwhile, whatever else the machine did. */
export async function tasksOf(browser: Browser, work: () => Promise<void>): Promise<Tasks> {
  const session = await browser.newBrowserCDPSession();
  const pages = new Set<string>();
  const tasks = new Map<string, Tasks>();
  // Each is looked at as it comes: all of them in one text can be longer than a string may be.
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as Event[]) {
      const thread = `${event.pid} ${event.tid}`;
      if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') pages.add(thread);
      if (event.ph !== 'X' || !event.name.endsWith('RunTask')) continue;
      const { count, longest } = tasks.get(thread) ?? { count: 0, longest: 0 };
      tasks.set(thread, { count: count + 1, longest: Math.max(longest, (event.tdur ?? 0) / 1000) });
    }
  });
  const ended = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', '__metadata'] },
  });
  await work();
  await session.send('Tracing.end');
  await ended;
  await session.detach();
  const found = [...tasks].filter(([thread]) => pages.has(thread)).map(([, seen]) => seen);
  if (found.length === 0) throw new Error('no task of a page was seen');
  return {
    count: found.reduce((sum, { count }) => sum + count, 0),
    longest: Math.max(...found.map(({ longest }) => longest)),
  };
}
