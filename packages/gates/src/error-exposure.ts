import type { Evidence } from '@bluegreen/contract';
import { timeToPass } from './error-eta.js';
import type { ComparedLook } from './error-judge.js';
import { type ErrorRatioState, type ErrorRatioTests, errorRatioEvidence, leaning } from './error-ratio.js';

/** Evidence of harm, or a leaning to it, from which on fewer users should meet the candidate. */
const suspicion = Math.log(3);
const leansBad = -2.5;
/** A gate that would take longer than this share of the time it has left wants more traffic. */
const starvedShare = 1 / 3;
/** Where even half of the traffic would take this many times what is left, more users would meet the candidate in vain. */
const hopelessFactor = 1.5;
/** At this share a comparison learns most. */
const bestShare = 0.5;

/**
 * Whether the candidate should get more users (`raise`), because at this traffic the gate would not decide in time and with
 * more of it probably would, or fewer (`lower`), because it may be bad.
 */
export function exposureOf(
  tests: ErrorRatioTests,
  state: ErrorRatioState,
  { dueAt, toMs, isAlone }: Pick<ComparedLook, 'dueAt' | 'toMs' | 'isAlone'>,
): Evidence['exposure'] {
  if (isAlone) return undefined;
  if (errorRatioEvidence(tests, state).fail > suspicion || leaning(state) < leansBad) return 'lower';
  if (dueAt === null) return undefined;
  const leftMs = dueAt - toMs;
  const etaMs = timeToPass(tests, state, isAlone);
  if (etaMs !== null && etaMs <= leftMs * starvedShare) return undefined;
  const bestMs = timeToPass(tests, state, isAlone, bestShare);
  return bestMs !== null && bestMs < leftMs * hopelessFactor ? 'raise' : undefined;
}
