import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ReleaseProcess } from '@bluegreen/core/driving';
import { type Fact, isFact, nextState, type ReleaseState } from '@bluegreen/machine';
import { createVirtualClock, simulate } from '@bluegreen/simulator';
import { releaseOn } from './fake-timers.js';
import { careful } from './policy.js';
import type { Row } from './row.js';

/** What one live release holds in memory in the middle of its bake, held against the same state as plain JSON. */
export async function memoryRows(isQuick: boolean): Promise<readonly Row[]> {
  const count = isQuick ? 4_000 : 10_000;
  const lines = midBake();
  const live = await bytesEach(count, () => {
    const { state, last } = folded(lines);
    const process = new ReleaseProcess(state);
    // One turn: what it wants, and what it has begun.
    for (const _ of process.turn([], last));
    return process;
  });
  const plain = await bytesEach(count, () => JSON.parse(JSON.stringify(folded(lines).state)));
  return [
    {
      id: 'memory/live',
      what: `one of ${count} live releases in its bake`,
      value: live,
      unit: 'bytes',
      against: 'floor: its state as a plain JSON object',
      againstValue: plain,
      ratio: live / plain,
      ratioQuartiles: [live / plain, live / plain],
      goal: { atMost: 1.5 },
    },
    await simulatedRow(isQuick ? 100 : 1_000, plain),
  ];
}

/** Simulated releases at one time, each with a clock, a world and a journal of its own. */
async function simulatedRow(count: number, plain: number): Promise<Row> {
  const live = await bytesEach(count, async () => {
    const clock = createVirtualClock();
    const release = releaseOn(clock, 7);
    void release.driver.give([release.begin]);
    await clock.runAsync(() =>
      release.events.some((event) => event.type === 'phase-entered' && event.phase === 'baking'),
    );
    return { clock, release };
  });
  return {
    id: 'memory/simulated',
    what: `one of ${count} simulated releases in its bake, with its world, its journal and every call so far`,
    value: live,
    unit: 'bytes',
    against: 'floor: its state as a plain JSON object',
    againstValue: plain,
    ratio: live / plain,
    ratioQuartiles: [live / plain, live / plain],
  };
}

/** The journal up to the first measurement of the bake, as text, so that no two releases share an object. */
function midBake(): readonly string[] {
  const { records } = simulate({ policy: careful, seed: 7 });
  const bake = records.findIndex(({ event }) => event.type === 'phase-entered' && event.phase === 'baking');
  return records
    .slice(0, bake + 4)
    .filter(({ event }) => isFact(event))
    .map(({ event }) => JSON.stringify(event));
}

function folded(lines: readonly string[]): { readonly state: ReleaseState; readonly last: number } {
  let state: ReleaseState | null = null;
  let last = 0;
  for (const line of lines) {
    const fact = JSON.parse(line) as Fact;
    state = nextState(state, fact);
    last = fact.at;
  }
  return { state: state!, last };
}

async function bytesEach(count: number, make: () => unknown): Promise<number> {
  const collect = collector();
  const kept: unknown[] = new Array(count).fill(null);
  // Code that is compiled while it is measured would count as memory of the items.
  for (let index = 0; index < count / 4; index++) await make();
  kept[0] = await make();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 1; index < count; index++) kept[index] = await make();
  collect();
  const after = process.memoryUsage().heapUsed;
  // Read after the measurement, or the optimiser may let go of what is measured.
  if (kept.includes(null)) throw new Error('an item is missing');
  return (after - before) / (count - 1);
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    collect();
  };
}
