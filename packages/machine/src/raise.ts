import type { Evidence } from '@bluegreen/contract';
import type { CompiledStep } from './compiled-policy.js';
import { allReached, isDeployed, isShown, mayMove } from './conditions.js';
import { gatesHere, guardrailsHere, guardrailsSee } from './gates.js';
import type { GateState, ReleaseState } from './state.js';
import { currentStep, stepPercent } from './steps.js';
import { eachService, serviceNames, withRouting } from './update.js';
import { isClosedAt } from './windows.js';

/**
 * Moves the percent within a step whose policy allows it: up while a gate would not decide in time at this traffic, back
 * to the percent of the step at once when anything speaks against the candidate. It follows from what judges said and from
 * the clock alone, so a replay and a recovery move it in the same way. Idempotent.
 */
export function noteRaise(state: ReleaseState, at: number): ReleaseState {
  const percent = wantedPercent(state, at);
  if (percent === null || percent === stepPercent(state)) return state;
  const fresh = { attempts: 0, failure: null, notBefore: 0, unreadableSince: null };
  return eachService({ ...state, raised: { percent, since: at } }, (each, name) => withRouting(each, name, fresh));
}

function wantedPercent(state: ReleaseState, at: number): number | null {
  const step = raisable(state);
  if (step.raise === undefined || state.watch === null || !mayMove(state)) return null;
  const judged = judgedHere(state);
  const now = state.raised ?? { percent: step.percent, since: state.watch.since };
  if (judged.some(isSuspicious)) return movedPercent(step, now, at, 'lower');
  if (!judged.some(({ evidence }) => evidence?.exposure === 'raise')) return null;
  // Going up is a shift forward: not while a window is closed, a judge is blind, or anything is not in place.
  if (isClosedAt(state, at) || !guardrailsSee(state) || judged.some(({ verdict }) => verdict === 'error')) return null;
  return isInPlace(state, at) ? movedPercent(step, now, at, 'raise') : null;
}

/**
 * Where a step's percent goes from `now`: back to its own at once, or to twice as much, which is no more than the policy
 * allows and no sooner than it allows. Milliseconds; percent in tenths.
 */
export function movedPercent(
  { percent, raise }: Pick<CompiledStep, 'percent' | 'raise'>,
  now: Moved,
  at: number,
  exposure: Evidence['exposure'],
): number {
  if (exposure === 'lower') return percent;
  if (exposure === undefined || raise === undefined || at < now.since + raise.everyMs) return now.percent;
  return Math.min(raise.percent, now.percent * 2);
}

export interface Moved {
  readonly percent: number;
  readonly since: number;
}

/** When the step may go up next, if a gate still wants it then; `null` where it can't. */
export function raisableFrom(state: ReleaseState): number | null {
  const { raise } = raisable(state);
  if (raise === undefined || state.watch === null || stepPercent(state) >= raise.percent) return null;
  return (state.raised?.since ?? state.watch.since) + raise.everyMs;
}

const unraised = { percent: 100 } as const;

function raisable(state: ReleaseState): Pick<CompiledStep, 'percent' | 'raise'> {
  return state.phase === 'shifting' ? currentStep(state) : unraised;
}

/** The gates of this step and the guardrails, as far as they decide anything. */
function judgedHere(state: ReleaseState): readonly GateState[] {
  return [...gatesHere(state), ...guardrailsHere(state)].flatMap(({ id, dryRun }) => {
    const gate = state.gates[id];
    return dryRun || gate === undefined || gate.closed === 'skipped' ? [] : [gate];
  });
}

function isSuspicious({ verdict, evidence }: GateState): boolean {
  return verdict === 'fail' || evidence?.exposure === 'lower';
}

/** The last move is live on every router, and the candidate has the instances that it needs. */
function isInPlace(state: ReleaseState, at: number): boolean {
  const isWhole = (name: string): boolean => isShown(state, name) && isDeployed(state, name);
  return state.watch?.lostAt === null && allReached(state, at) && serviceNames(state).every(isWhole);
}
