import type { Case, Need } from '../case.js';
import { differs, type Finding, SAME, Wrong } from '../finding.js';
import { canBeMade, cast } from '../replay/accounts.js';
import { alternatives } from '../replay/expected.js';
import { Mismatch } from '../replay/mismatch.js';
import { type ReplaySite, replay } from '../replay/replay.js';
import { readScenarios, type Scenario } from '../replay/scenario.js';
import type { World } from '../world.js';
import { text } from './check.js';

const SHOWS = text(
  'a client gets other bytes than the original sends',
  '客户端收到的字节与原版服务器发送的不同',
);

/** A case for each recording. Where only a client's rights are there, it is done with accounts made for it. */
export function recordedCases(): Case[] {
  return readScenarios().map((recorded) => ({
    id: `bytes/${recorded.name}`,
    why: text(`As recorded: ${recorded.about}.`, `与录制一致：${recorded.name}。`),
    needs: needsOf(recorded),
    run: (world) => (canBeMade(recorded) ? asCast(world, recorded) : asRows(world, recorded)),
  }));
}

function needsOf(recorded: Scenario): Need[] {
  const needs: Need[] = ['original'];
  if (!canBeMade(recorded)) needs.push('database');
  if (recorded.nodes > 1) needs.push('second');
  if (recorded.steps.some((step) => step.do === 'sigint')) needs.push('process');
  return needs;
}

/** With accounts of its own. */
async function asCast(world: World, recorded: Scenario): Promise<Finding> {
  const site = (gone: ReplaySite['gone']): ReplaySite => ({
    ...bare(world),
    gone,
    rows: async () => undefined,
  });
  return await firstThatFits([{ scenario: recorded }, ...alternatives(recorded)], async (scenario) => {
    const made = await cast(world, scenario);
    await replay(made.scenario, site(made.gone));
  });
}

/** With the recorded rows. */
async function asRows(world: World, recorded: Scenario): Promise<Finding> {
  const { database, limits } = world.target;
  if (database === undefined) throw new Error('there is no database');
  const gone = async (ids: readonly number[]) => {
    const end = Date.now() + limits.answer;
    while ((await database.online()).some((id) => ids.includes(id)))
      if (Date.now() > end) throw new Wrong({ shows: text('a user stays online', '用户一直在线') });
  };
  return await firstThatFits(
    [{ scenario: recorded }, ...alternatives(recorded)],
    async (scenario, isFirst) => {
      await database.seed(scenario.before);
      // Differences on purpose are known for the bytes; rows depend on the store.
      await replay(scenario, {
        ...bare(world),
        gone,
        rows: async () => (isFirst ? database.rows() : undefined),
      });
    },
  );
}

/** The recording itself, or else the first alternative by which it goes. Throws what was wrong with the recording. */
async function firstThatFits(
  ways: readonly { readonly scenario: Scenario; readonly number?: number }[],
  go: (scenario: Scenario, isFirst: boolean) => Promise<void>,
): Promise<Finding> {
  let wrong: unknown;
  for (const { scenario, number } of ways) {
    try {
      await go(scenario, number === undefined);
      return number === undefined ? SAME : differs(number);
    } catch (error) {
      wrong ??= error;
    }
  }
  throw wrong instanceof Mismatch
    ? new Wrong({ wanted: String(wrong.expected), got: String(wrong.received), shows: SHOWS })
    : wrong;
}

function bare({ target }: World): Omit<ReplaySite, 'gone' | 'rows'> {
  const places = [target.place, target.second ?? target.place];
  return {
    node: (index) => places[index] ?? target.place,
    interrupt: async () => (await target.process?.interrupt()) ?? 'nothing to interrupt',
    oneRead: target.habits.oneRead ?? true,
    refusal: target.habits.refusal ?? '',
    limits: target.limits,
  };
}
