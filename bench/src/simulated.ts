import { createVirtualClock, createWorld, type SimulatedRun, simulate, simulateAsync } from '@bluegreen/simulator';
import { type Advance, releaseUnderFakeTimers } from './fake-timers.js';
import { type Clocks, interleaved, rowOf } from './measure.js';
import { careful } from './policy.js';
import type { Row } from './row.js';

const bySeconds: Advance = (timers) => timers.tickAsync(1_000);
const byTimers: Advance = (timers) => timers.nextAsync();

/** What one whole release costs in each way of not waiting for it. */
export async function simulatedRows(clocks: Clocks, isQuick: boolean): Promise<readonly Row[]> {
  await refuseDifferent();
  const before = new Map<number, SimulatedRun>();
  const known = (seed: number): SimulatedRun => before.get(seed) ?? keep(before, seed);
  const seedOf = (round: number) => round + 10;
  for (let round = -6; round < 15; round++) known(seedOf(round));
  const costs = await interleaved(
    {
      sync: { items: 4, run: (round) => fourTimes(() => simulate(optionsOf(seedOf(round)))) },
      async: { items: 1, run: (round) => simulateAsync(optionsOf(seedOf(round))) },
      seconds: { items: 1, run: (round) => releaseUnderFakeTimers(seedOf(round), bySeconds) },
      timers: { items: 1, run: (round) => releaseUnderFakeTimers(seedOf(round), byTimers) },
      floor: { items: 4, run: (round) => fourTimes(() => worldAlone(known(seedOf(round)))) },
    },
    isQuick ? 7 : 15,
    clocks.cpuMs,
    6,
  );
  const seconds = 'the same release under fake timers, in steps of a second';
  const nextTimer = 'the same release under fake timers, from timer to timer';
  const sync = 'simulate: callbacks on the virtual clock';
  const async = 'simulateAsync: promises on the virtual clock';
  return [
    rowOf(costs, { id: 'simulation/sync', what: seconds, unit: 'ms', goal: { atLeast: 15 } }, 'seconds', 'sync', sync),
    rowOf(
      costs,
      { id: 'simulation/next-timer', what: nextTimer, unit: 'ms', goal: { atLeast: 10 } },
      'timers',
      'sync',
      sync,
    ),
    rowOf(
      costs,
      { id: 'simulation/async', what: seconds, unit: 'ms', goal: { atLeast: 6 } },
      'seconds',
      'async',
      async,
    ),
    rowOf(
      costs,
      { id: 'simulation/floor', what: sync, unit: 'ms', goal: { atMost: 2.2 } },
      'sync',
      'floor',
      'floor: its world alone, with a timer for every call and every draw of its users',
    ),
  ];
}

/** What is quick is done more often, or its clock is too coarse. */
function fourTimes(run: () => unknown): void {
  for (let time = 0; time < 4; time++) run();
}

function keep(runs: Map<number, SimulatedRun>, seed: number): SimulatedRun {
  const run = simulate(optionsOf(seed));
  // Written out when they are read first: that is no part of the floor.
  if (run.ledger.calls.length === 0) throw new Error('a release made no call');
  runs.set(seed, run);
  return run;
}

function optionsOf(seed: number) {
  return { policy: careful, seed };
}

/** Everything that is drawn and every call as one timer, but nobody who decides: what no simulation can go below. */
function worldAlone({ seed, ledger }: SimulatedRun): unknown {
  const clock = createVirtualClock();
  const world = createWorld({
    clock,
    seed,
    services: { web: { versions: { v1: {} }, start: { active: 'blue', version: 'v1', standby: 'v1' } } },
  });
  const { calls } = ledger;
  let next = 0;
  const step = (): void => {
    const call = calls[next++];
    if (call !== undefined) clock.setTimeout(step, call.at - clock.now());
  };
  step();
  clock.runUntil(() => next > calls.length);
  return world.ledger().services;
}

/**
 * Every way of driving has to tell the same story, or the comparison says nothing. Not to the millisecond: fake timers
 * make 1 ms of a delay of 0.
 */
async function refuseDifferent(): Promise<void> {
  const story = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type).join(' ');
  const sync = simulate(optionsOf(1));
  const expected = story(sync.records.map(({ event }) => event));
  if (JSON.stringify((await simulateAsync(optionsOf(1))).records) !== JSON.stringify(sync.records)) {
    throw new Error('both drivers of the simulator tell another story');
  }
  for (const advance of [bySeconds, byTimers]) {
    const { events, world } = await releaseUnderFakeTimers(1, advance);
    const told = story(events);
    if (told !== expected) throw new Error(`under fake timers the release went another way:\n${told}\n${expected}`);
    const [calls, madeBySync] = [world.ledger().calls.length, sync.ledger.calls.length];
    // As many reads and measurements, but for those around a millisecond.
    if (Math.abs(calls / madeBySync - 1) > 0.01)
      throw new Error(`${calls} calls under fake timers, ${madeBySync} without`);
  }
}
