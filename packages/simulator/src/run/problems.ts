import type { Slot } from '@bluegreen/contract';
import { explain, isEnd } from '@bluegreen/machine';
import { brokenPromises } from '../promises/promises.js';
import { type Expectations, violationsOf } from '../world/invariants.js';
import type { Ledger } from '../world/ledger.js';
import type { SimulatedHistory } from './simulated-history.js';
import { unwatched } from './watched-time.js';

export interface Hopes {
  /** How the same release ends when nothing goes wrong. */
  readonly end: 'promoted' | 'rolled-back' | 'stuck';
  /** In which ways besides it may end: going back is always safe, stuck is for what a person must repair. */
  readonly orElse: readonly ('promoted' | 'rolled-back' | 'stuck')[];
  /** By when it has to be over, in milliseconds from its request. */
  readonly withinMs: number;
  readonly expectations: Expectations;
  /** Ids of promises that nobody can keep after what the plan lets happen. */
  readonly excused: readonly string[];
  /** Whether users may lose requests because of what the plan lets happen. */
  readonly mayCut: boolean;
}

/** Everything that is wrong with how this release went, in words that begin with the id of the promise. */
export function problemsOf(history: SimulatedHistory, hopes: Hopes): readonly string[] {
  return [
    ...violationsOf(history.ledger, hopes.expectations)
      .filter(({ id }) => !hopes.excused.includes(id))
      .map(({ id, at, message }) => `${id} at ${at - history.ledger.startedAt} ms: ${message}`),
    ...endProblems(history, hopes),
    ...truthProblems(history),
    ...unwatched(history.records, history.state.plan, history.absences),
    ...orderProblems(history),
    ...brokenPromises(history),
    ...(hopes.mayCut ? [] : lostRequests(history)),
  ];
}

function endProblems({ state, isOver, endedAt, ledger }: SimulatedHistory, hopes: Hopes): string[] {
  const { phase } = state;
  const tookMs = endedAt - ledger.startedAt;
  if (!isOver || !isEnd(state)) {
    const { code, sentence } = explain(state);
    return [`L2 no end, still ${phase} (${code}): ${sentence}`];
  }
  const problems: string[] = [];
  if (tookMs > hopes.withinMs) problems.push(`L2 ended after ${tookMs} ms, expected within ${hopes.withinMs}`);
  if (phase !== hopes.end && !hopes.orElse.some((end) => end === phase)) {
    problems.push(`L6 ended ${phase} instead of ${hopes.end}: ${explain(state).sentence}`);
  }
  if (phase === 'stuck' && explain(state).nextSteps.length === 0) problems.push('L5 stuck without a next step');
  return problems;
}

/** What the release says of its end holds in the world: users are where it says, on something that runs. */
function truthProblems({ state, ledger, isOver }: SimulatedHistory): string[] {
  if (!isOver || (state.phase !== 'promoted' && state.phase !== 'rolled-back')) return [];
  return Object.keys(state.services).flatMap((name) => untrueOf(state, ledger, name));
}

function untrueOf(state: SimulatedHistory['state'], ledger: Ledger, name: string): string[] {
  const { roles } = state.services[name]!;
  if (roles === null) return [];
  const slot = state.phase === 'promoted' ? roles.candidate : roles.active;
  if (slot === null) return [];
  // What happened to the routing after the end counts too, unless somebody else did it.
  const last = ledger.routing.findLast(({ service }) => service === name);
  if (last?.by === 'foreign' || last?.by === 'vanished') return [];
  const problems: string[] = [];
  const weight = last?.routing.kind === 'split' ? last.routing.target.weights[slot] : 0;
  if (weight !== 100) problems.push(`S10 ended ${state.phase}, but ${slot} of ${name} has ${weight} % of the traffic`);
  const version = versionIn(ledger, name, slot);
  const expected = state.phase === 'promoted' ? 'v2' : 'v1';
  if (version !== expected) problems.push(`S12 ended ${state.phase}, but ${slot} of ${name} runs ${version}`);
  return problems;
}

function versionIn(ledger: Ledger, name: string, slot: Slot): string | null {
  const deployed = ledger.deployments.findLast((one) => one.service === name && one.slot === slot);
  const lost = ledger.irreversible.findLast((one) => one.service === name && one.slot === slot);
  if (deployed === undefined) return null;
  return lost !== undefined && lost.action === 'retire' && lost.at >= deployed.at ? null : deployed.version;
}

/** S42: one sequence without holes, time that never runs back, and epochs that never do. */
function orderProblems({ records }: SimulatedHistory): string[] {
  return records.flatMap((record, index) => {
    const before = records[index - 1];
    if (record.seq !== index + 1) return [`S42 record ${index + 1} has number ${record.seq}`];
    if (before === undefined) return [];
    const isLate = record.event.at < before.event.at;
    const problems = isLate ? [`S45 record ${record.seq} is ${before.event.at - record.event.at} ms older`] : [];
    return record.epoch < before.epoch ? [...problems, `S58 record ${record.seq} is of an older owner`] : problems;
  });
}

/** S41: nobody's request was lost on the way, whatever the versions answered. */
function lostRequests({ ledger }: SimulatedHistory): string[] {
  return Object.entries(ledger.services).flatMap(([name, { slots, cut, stray }]) => {
    const { blue, green } = slots;
    const lost = blue.unready + blue.retired + green.unready + green.retired + cut + stray;
    return lost === 0 ? [] : [`S41 ${lost} requests to ${name} were lost`];
  });
}
