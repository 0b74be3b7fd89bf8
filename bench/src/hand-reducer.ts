import type { Fact } from '@bluegreen/machine';

/** What a reducer by hand would keep of a release. It decides nothing: that makes it a floor, not a rival. */
export interface HandState {
  readonly at: number;
  readonly revision: string | null;
  readonly greenWeight: number;
  readonly ready: Readonly<Record<'blue' | 'green', number>>;
  readonly writes: Readonly<Record<string, string>>;
  readonly verdicts: Readonly<Record<string, string>>;
}

export const handInitial: HandState = {
  at: 0,
  revision: null,
  greenWeight: 0,
  ready: { blue: 0, green: 0 },
  writes: {},
  verdicts: {},
};

/** The usual style: a switch over the type, and a copy of what changed. */
export function handReduce(state: HandState, fact: Fact): HandState {
  switch (fact.type) {
    case 'routing-observed': {
      const { routing, revision } = fact.observation;
      const greenWeight = routing.kind === 'split' ? routing.target.weights.green : 0;
      return { ...state, at: fact.at, revision, greenWeight };
    }
    case 'environment-observed':
      return { ...state, at: fact.at, ready: { ...state.ready, [fact.slot]: fact.observation.ready } };
    case 'effect-started':
      return { ...state, at: fact.at, writes: { ...state.writes, [fact.key]: 'running' } };
    case 'effect-settled':
      return { ...state, at: fact.at, writes: { ...state.writes, [fact.key]: fact.result.outcome } };
    case 'gate-judged':
      return { ...state, at: fact.at, verdicts: { ...state.verdicts, [fact.gate]: fact.verdict } };
    default:
      return { ...state, at: fact.at };
  }
}
