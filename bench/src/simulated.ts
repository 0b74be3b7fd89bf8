import { simulate, simulateAsync } from '@bluegreen/simulator';
import type { vi } from 'vitest';
import { type Advance, releaseUnderFakeTimers } from './fake-timers.js';
import { type Clocks, interleaved, rowOf } from './measure.js';
import { careful } from './policy.js';
import type { Row } from './row.js';

const bySeconds: Advance = (timers) => timers.advanceTimersByTimeAsync(1_000);
const byTimers: Advance = (timers) => timers.advanceTimersToNextTimerAsync();

/** What one whole release costs in each way of not waiting for it. Runs inside vitest, whose fake timers are the rival. */
export async function simulatedRows(timers: typeof vi, clocks: Clocks, isQuick: boolean): Promise<readonly Row[]> {
  const options = (seed: number) => ({ policy: careful, seed });
  await refuseDifferent(timers);
  const costs = await interleaved(
    {
      sync: { items: 1, run: (round) => simulate(options(round + 2)) },
      async: { items: 1, run: (round) => simulateAsync(options(round + 2)) },
      seconds: { items: 1, run: (round) => releaseUnderFakeTimers(timers, round + 2, bySeconds) },
      timers: { items: 1, run: (round) => releaseUnderFakeTimers(timers, round + 2, byTimers) },
    },
    isQuick ? 3 : 11,
    clocks.cpuMs,
  );
  const seconds = 'fake timers of vitest in steps of a second';
  return [
    rowOf(
      costs,
      { id: 'simulation/sync', what: `${seconds}`, unit: 'ms', goal: { ratio: 'at-least', limit: 15 } },
      'seconds',
      'sync',
      'simulate: callbacks on the virtual clock',
    ),
    rowOf(
      costs,
      { id: 'simulation/async', what: seconds, unit: 'ms', goal: { ratio: 'at-least', limit: 6 } },
      'seconds',
      'async',
      'simulateAsync: promises on the virtual clock',
    ),
    rowOf(
      costs,
      { id: 'simulation/next-timer', what: 'fake timers of vitest, from timer to timer', unit: 'ms' },
      'timers',
      'sync',
      'simulate: callbacks on the virtual clock',
    ),
  ];
}

/**
 * Every way of driving has to tell the same story, or the comparison says nothing. Not to the millisecond: fake timers
 * make 1 ms of a delay of 0.
 */
async function refuseDifferent(timers: typeof vi): Promise<void> {
  const story = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type).join(' ');
  const expected = story(simulate({ policy: careful, seed: 1 }).records.map(({ event }) => event));
  for (const advance of [bySeconds, byTimers]) {
    const told = story(await releaseUnderFakeTimers(timers, 1, advance));
    if (told !== expected) throw new Error(`under fake timers the release went another way:\n${told}\n${expected}`);
  }
}
