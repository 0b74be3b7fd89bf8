import { type Fact, nextState, type ReleaseState, wakeAt } from '@bluegreen/machine';
import { phaseMachine } from '@bluegreen/machine/definition';
import { createActor } from 'xstate';
import { handInitial, handReduce } from './hand-reducer.js';
import { type Clocks, interleaved, rowOf } from './measure.js';
import type { Row } from './row.js';
import { factScript } from './script.js';

/** What one decision costs, held against an actor of the same machine and against a reducer by hand. */
export async function decisionRows(clocks: Clocks, isQuick: boolean): Promise<readonly Row[]> {
  const { requested, facts } = await factScript();
  const initial = nextState(null, requested);
  if (withoutInstant(asActor(initial, facts)) !== withoutInstant(asRunner(initial, facts))) {
    throw new Error('the actor and the interpreter do not agree on the script');
  }
  const times = isQuick ? 2 : 6;
  const variant = (fold: (initial: ReleaseState, facts: readonly Fact[]) => unknown) => ({
    items: facts.length * times,
    run: () => {
      for (let time = 0; time < times; time++) fold(initial, facts);
    },
  });
  const costs = await interleaved(
    { runner: variant(asRunner), plain: variant(asFold), actor: variant(asActor), hand: variant(asHand) },
    isQuick ? 5 : 15,
    clocks.cpuMs,
  );
  const script = `the ${facts.length} facts of one release`;
  return [
    rowOf(
      costs,
      { id: 'decision/actor', what: `xstate actor and send, ${script}`, unit: 'ns', goal: { atLeast: 25 } },
      'actor',
      'runner',
      'nextState as the runner calls it',
    ),
    rowOf(
      costs,
      { id: 'decision/plain', what: 'xstate actor and send', unit: 'ns', goal: { atLeast: 1 } },
      'actor',
      'plain',
      'nextState as a recovery calls it',
    ),
    rowOf(
      costs,
      {
        id: 'decision/floor',
        what: 'nextState as the runner calls it',
        unit: 'ns',
        goal: { atMost: 8 },
      },
      'runner',
      'hand',
      'floor: a reducer that keeps what was said and decides nothing',
    ),
  ];
}

/** The interpreter notes besides when anything changed last. */
function withoutInstant(state: ReleaseState): string {
  return JSON.stringify({ ...state, at: 0 });
}

/** As the runner does it: it knows until when time alone changes nothing. */
function asRunner(initial: ReleaseState, facts: readonly Fact[]): ReleaseState {
  let state = initial;
  let quietUntil = Number.NEGATIVE_INFINITY;
  for (const fact of facts) {
    const next = nextState(state, fact, quietUntil);
    if (next !== state || fact.at >= quietUntil) quietUntil = wakeAt(next, fact.at) ?? Number.POSITIVE_INFINITY;
    state = next;
  }
  return state;
}

function asFold(initial: ReleaseState, facts: readonly Fact[]): ReleaseState {
  return facts.reduce((state, fact) => nextState(state, fact), initial);
}

function asActor(initial: ReleaseState, facts: readonly Fact[]): ReleaseState {
  const actor = createActor(phaseMachine, { input: initial });
  actor.start();
  for (const fact of facts) actor.send(fact);
  return actor.getSnapshot().context.release;
}

function asHand(_: ReleaseState, facts: readonly Fact[]): unknown {
  return facts.reduce(handReduce, handInitial);
}
