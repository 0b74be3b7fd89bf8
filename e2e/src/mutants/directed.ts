import type { Trouble } from '@bluegreen/simulator/explore';

type Faults = Trouble['faults'];
type Commands = NonNullable<Trouble['commands']>;

function faults(...all: Faults): Trouble {
  return { faults: all, crashes: [] };
}

function said(...commands: Commands): Trouble {
  return { faults: [], crashes: [], commands };
}

/** One read of the router that shows what was, or what comes and goes: nobody has to do anything about it. */
const oldReads = Object.fromEntries(
  [2, 3, 4, 5, 6, 8, 10].flatMap((call) => [
    [`stale read ${call}`, faults({ at: { operation: 'observe-routing', call }, fault: 'stale' })],
    [`flapping reads from ${call}`, faults({ at: { operation: 'observe-routing', call }, fault: 'flapping' })],
    [`lost reply ${call}`, faults({ at: { operation: 'route', call: call - 1 }, fault: 'reply-lost' })],
    [
      `late write ${call}`,
      faults({ at: { operation: 'route', call: call - 1 }, fault: 'effect-delayed', byMs: 3_000 }),
    ],
  ]),
) as Readonly<Record<string, Trouble>>;

/** Troubles that are worth having in every run, by release. A mutant names one to be judged in it first. */
export const directed: Readonly<Record<string, Readonly<Record<string, Trouble>>>> = {
  canary: {
    'edit and crash': {
      faults: [{ at: { operation: 'metrics', call: 16 }, fault: 'foreign-edit' }],
      crashes: [{ boundary: 157, absentMs: 1_000 }],
    },
    'edit while it holds': faults({ at: { time: 80_000 }, fault: 'foreign-edit' }),
    'edit that lasts': faults({ at: { time: 80_000 }, fault: 'foreign-edit', stamp: 'removed' }),
    'edit in the bake': faults({
      at: { time: 130_000 },
      fault: 'foreign-edit',
      to: { slot: 'candidate', percent: 30 },
    }),
    'edit in retention': faults({ at: { time: 180_000 }, fault: 'foreign-edit' }),
    'routing is gone from the start': faults({ at: { time: 0 }, fault: 'routing-vanishes' }),
    'routing is split from the start': faults({
      at: { time: 0 },
      fault: 'foreign-edit',
      to: { slot: 'green', percent: 40 },
    }),
    'routing vanishes': faults({ at: { time: 85_000 }, fault: 'routing-vanishes' }),
    'old read after the first step': faults({ at: { operation: 'observe-routing', call: 5 }, fault: 'stale' }),
    'paused in the first step': said({ afterMs: 80_000, command: 'pause' }, { afterMs: 300_000, command: 'resume' }),
    'paused while it prepares': said({ afterMs: 60, command: 'pause' }, { afterMs: 300_000, command: 'resume' }),
    'paused before the first step': said(
      { afterMs: 30_000, command: 'pause' },
      { afterMs: 300_000, command: 'resume' },
    ),
    'edit, then taken back': {
      faults: [{ at: { time: 80_000 }, fault: 'foreign-edit' }],
      crashes: [],
      commands: [{ afterMs: 101_000, command: 'rollback' }],
    },
    'edit, then the candidate dies': faults(
      { at: { time: 80_000 }, fault: 'foreign-edit', to: { slot: 'candidate', percent: 30 } },
      { at: { time: 90_000 }, fault: 'candidate-dies' },
    ),
    'edit to the candidate, and the active slot dies': {
      faults: [
        { at: { time: 80_000 }, fault: 'foreign-edit', to: { slot: 'candidate', percent: 100 } },
        { at: { time: 81_000 }, fault: 'active-dies' },
      ],
      crashes: [],
      commands: [{ afterMs: 104_000, command: 'resume' }],
    },
    'shift hangs, then taken back': {
      faults: [{ at: { operation: 'route', call: 3 }, fault: 'hang', lands: { afterMs: 0 } }],
      crashes: [],
      commands: [{ afterMs: 70_000, command: 'rollback' }],
    },
    'cutover hangs, then taken back': {
      faults: [{ at: { operation: 'route', call: 4 }, fault: 'hang', lands: { afterMs: 0 } }],
      crashes: [],
      commands: [{ afterMs: 110_000, command: 'rollback' }],
    },
    'deployment hangs, then taken back': {
      faults: [{ at: { operation: 'converge', call: 1 }, fault: 'hang', lands: 'never' }],
      crashes: [],
      commands: [{ afterMs: 5_000, command: 'rollback' }],
    },
    'shift is throttled': faults({ at: { operation: 'route', call: 3, times: 3 }, fault: 'throttled' }),
    'shift is refused': faults({ at: { operation: 'route', call: 3, times: 60 }, fault: 'denied' }),
    'router is out of reach': faults({ at: { operation: 'route', call: 3, times: 12 }, fault: 'unreachable' }),
    'deployment is out of reach': faults({ at: { operation: 'converge', call: 1, times: 60 }, fault: 'unreachable' }),
    'deployment is refused': faults({ at: { operation: 'converge', call: 1, times: 60 }, fault: 'denied' }),
    'teardown is out of reach': faults({ at: { operation: 'converge', call: 2, times: 12 }, fault: 'unreachable' }),
    'active slot dies as it goes back': {
      faults: [{ at: { time: 129_900 }, fault: 'active-dies' }],
      crashes: [],
      commands: [{ afterMs: 130_000, command: 'rollback' }],
    },
    'paused in retention': said({ afterMs: 175_000, command: 'pause' }, { afterMs: 400_000, command: 'resume' }),
    'taken back in the bake': said({ afterMs: 130_000, command: 'rollback' }),
    'taken back in retention': said({ afterMs: 180_000, command: 'rollback' }),
    'candidate dies in the first step': faults({ at: { time: 85_000 }, fault: 'candidate-dies' }),
    'candidate dies in the bake': faults({ at: { time: 130_000 }, fault: 'candidate-dies' }),
    'metrics are out': faults({ at: { time: 75_000 }, fault: 'outage', forMs: 500_000, operations: ['metrics'] }),
    'metrics are empty': faults({ at: { operation: 'metrics', call: 1, times: 400 }, fault: 'metrics-empty' }),
    'metrics are no numbers': faults({
      at: { operation: 'metrics', call: 1, times: 400 },
      fault: 'metrics-not-a-number',
    }),
    'metrics are old': faults({ at: { operation: 'metrics', call: 3, times: 400 }, fault: 'metrics-stale' }),
  },
  'canary of a bad version': Object.fromEntries(
    [4, 5, 6].map((call) => [
      `active slot dies at reading ${call}`,
      faults({ at: { operation: 'metrics', call }, fault: 'active-dies' }),
    ]),
  ),
  'first deployment': {
    'candidate dies in the bake': faults({ at: { time: 80_000 }, fault: 'candidate-dies' }),
    'edit while it prepares': faults({
      at: { time: 30_000 },
      fault: 'foreign-edit',
      to: { slot: 'green', percent: 100 },
    }),
  },
  'canary, nobody helps': oldReads,
  'lagging router, nobody helps': oldReads,
  'router without stamps, nobody helps': oldReads,
};
