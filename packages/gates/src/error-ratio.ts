import { boldness } from './deadline-bet.js';
import {
  addToDispersion,
  cautiousTempering,
  type DispersionSums,
  expectedTempering,
  noDispersion,
} from './dispersion.js';
import { addStart, freshEvidence, type LogEvidence, logMean, logOf, startMass } from './evidence.js';
import { addToLimit, type LimitTest, limitTest } from './limit-test.js';
import { addToRatio, type RatioTest, ratioTest, type SlotCounts } from './ratio-test.js';

/** What an error ratio is held against. Rates are shares, 0 to 1. */
export interface ErrorRatioLimits {
  /** Passing needs evidence that the candidate has fewer than this many times the errors of the control. Above 1. */
  readonly maxRatio: number;
  /** Failing needs evidence that it has more than this many times the errors: 1, or what is tolerated. */
  readonly failAbove: number;
  /** A rate of errors that is never good, whatever the control does. */
  readonly maxRate: number;
  /**
   * Up to this rate more errors than the control are no harm: failing by comparison also needs evidence of more than this,
   * and evidence of less passes. Without it a service that has no errors could never pass. 0: any rate may be harm.
   */
  readonly harmlessRate: number;
  /** Chance that a good version fails. */
  readonly failBudget: number;
  /** Chance that a version with `maxRatio` times the errors passes. */
  readonly passBudget: number;
}

/** One stretch of measurement. */
export interface ErrorCell extends SlotCounts {
  /** Lengths, in milliseconds, of this cell and of what is left until the deadline after it began; 0: there is none, or it is over. */
  readonly durationMs: number;
  readonly leftMs: number;
}

/** Everything that was learnt, as plain data: what is journaled is what a recovered gate goes on with. */
export interface ErrorRatioState {
  failRatio: LogEvidence;
  failLimit: LogEvidence;
  harmful: LogEvidence;
  passRatio: LogEvidence;
  passLimit: LogEvidence;
  harmless: LogEvidence;
  /** ln of the bet on the deadline. */
  bet: number;
  starts: number;
  elapsedMs: number;
  control: { requests: number; bad: number };
  candidate: { requests: number; bad: number };
  dispersion: DispersionSums;
  /** The bucket that dispersion is measured over next, while it fills. */
  bucket: { durationMs: number; requests: number; bad: number };
}

export interface ErrorRatioTests {
  readonly limits: ErrorRatioLimits;
  readonly failRatio: RatioTest;
  readonly failLimit: LimitTest;
  readonly harmful: LimitTest | null;
  readonly passRatio: RatioTest;
  readonly passLimit: LimitTest;
  readonly harmless: LimitTest | null;
}

/** Clusters of errors that are shorter than this are seen as clusters. */
const bucketMs = 60_000;
const startEveryMs = 300_000;
/** How the evidence for passing is shared between the bet on the deadline and the fixed alternatives. */
const betShare = 0.9;
/** Alternatives for passing are powers of `maxRatio`: a good version is at 1, and most of the weight is there. */
const passPowers = [0.5, 0, -0.5, -1, -2] as const;
const passShares = [0.15, 0.55, 0.15, 0.1, 0.05] as const;
/** How the evidence for passing is shared between "fewer than `maxRatio` times" and "less than is harmful". */
export const harmlessShare = 0.05;

export function errorRatioTests(limits: ErrorRatioLimits): ErrorRatioTests {
  const { maxRatio, failAbove, maxRate, harmlessRate } = limits;
  return {
    limits,
    failRatio: ratioTest('fail', failAbove),
    failLimit: limitTest('fail', maxRate),
    harmful: harmlessRate > 0 ? limitTest('fail', harmlessRate) : null,
    passRatio: ratioTest('pass', maxRatio, {
      alternatives: passPowers.map((power) => maxRatio ** power),
      shares: passShares,
    }),
    passLimit: limitTest('pass', maxRate),
    harmless: harmlessRate > 0 ? limitTest('pass', harmlessRate) : null,
  };
}

export function beginErrorRatio(tests: ErrorRatioTests): ErrorRatioState {
  const first = startMass(0);
  return {
    failRatio: freshEvidence(tests.failRatio.mixture, first),
    failLimit: freshEvidence(tests.failLimit.mixture, first),
    harmful: tests.harmful === null ? [] : freshEvidence(tests.harmful.mixture, first),
    passRatio: freshEvidence(tests.passRatio.mixture),
    passLimit: freshEvidence(tests.passLimit.mixture),
    harmless: tests.harmless === null ? [] : freshEvidence(tests.harmless.mixture),
    bet: 0,
    starts: 0,
    elapsedMs: 0,
    control: { requests: 0, bad: 0 },
    candidate: { requests: 0, bad: 0 },
    dispersion: noDispersion,
    bucket: { durationMs: 0, requests: 0, bad: 0 },
  };
}

/** A copy that can be weighed on provisionally. */
export function copyErrorRatio(state: ErrorRatioState): ErrorRatioState {
  const { failRatio, failLimit, harmful, passRatio, passLimit, harmless, control, candidate, bucket } = state;
  return {
    ...state,
    failRatio: [...failRatio],
    failLimit: [...failLimit],
    harmful: [...harmful],
    passRatio: [...passRatio],
    passLimit: [...passLimit],
    harmless: [...harmless],
    control: { ...control },
    candidate: { ...candidate },
    bucket: { ...bucket },
  };
}

/** Learns how errors of the control cluster, from before the candidate had users or beside it. Changes `state`. */
export function learnControl(state: ErrorRatioState, durationMs: number, requests: number, bad: number): void {
  const { bucket } = state;
  bucket.durationMs += durationMs;
  bucket.requests += requests;
  bucket.bad += bad;
  if (bucket.durationMs < bucketMs) return;
  state.dispersion = addToDispersion(state.dispersion, bucket.requests, bucket.bad);
  state.bucket = { durationMs: 0, requests: 0, bad: 0 };
}

/** What one error counts now, at most 1: as evidence of harm, and as evidence of soundness. */
export function errorTempering({ dispersion }: ErrorRatioState): { readonly fail: number; readonly pass: number } {
  return { fail: cautiousTempering(dispersion), pass: expectedTempering(dispersion) };
}

/** Weighs one cell; what it is weighed with was known before it. Changes `state`. */
export function weighErrors(tests: ErrorRatioTests, state: ErrorRatioState, cell: ErrorCell): void {
  const due = Math.floor(state.elapsedMs / startEveryMs);
  while (state.starts < due) {
    state.starts += 1;
    const mass = startMass(state.starts);
    addStart(state.failRatio, tests.failRatio.mixture, mass);
    addStart(state.failLimit, tests.failLimit.mixture, mass);
    if (tests.harmful !== null) addStart(state.harmful, tests.harmful.mixture, mass);
  }
  const { fail, pass } = errorTempering(state);
  const { candidateRequests, candidateBad, controlRequests, controlBad } = cell;
  addToRatio(tests.failRatio, state.failRatio, cell, fail);
  addToRatio(tests.passRatio, state.passRatio, cell, pass);
  addToLimit(tests.failLimit, state.failLimit, candidateRequests, candidateBad, fail);
  addToLimit(tests.passLimit, state.passLimit, candidateRequests, candidateBad, pass);
  if (tests.harmful !== null) addToLimit(tests.harmful, state.harmful, candidateRequests, candidateBad, fail);
  if (tests.harmless !== null) addToLimit(tests.harmless, state.harmless, candidateRequests, candidateBad, pass);
  betOnDeadline(tests, state, cell, pass);
  state.control.requests += controlRequests;
  state.control.bad += controlBad;
  state.candidate.requests += candidateRequests;
  state.candidate.bad += candidateBad;
  state.elapsedMs += cell.durationMs;
  learnControl(state, cell.durationMs, controlRequests, controlBad);
}

/**
 * Bad requests per millisecond that are still to come, from the active slot's past as far as it is known. It only aims the
 * bet: a rate that is another one today costs strength, never validity.
 */
function comingPerMs({ dispersion, control, candidate, elapsedMs }: ErrorRatioState, cell: ErrorCell): number {
  const rate = (dispersion.bad + 0.5) / (dispersion.requests + 1);
  const requests = control.requests + candidate.requests + cell.controlRequests + cell.candidateRequests;
  return (rate * requests) / (elapsedMs + cell.durationMs);
}

function betOnDeadline(tests: ErrorRatioTests, state: ErrorRatioState, cell: ErrorCell, tempering: number): void {
  const { controlRequests: n0, candidateRequests: n1, candidateBad: x1, controlBad: x0, leftMs } = cell;
  if (n0 <= 0 || n1 <= 0 || x0 + x1 === 0) return;
  const { maxRatio, passBudget } = tests.limits;
  const falls = (maxRatio * n1) / (maxRatio * n1 + n0);
  const information = comingPerMs(state, cell) * leftMs * falls * (1 - falls) * tempering;
  const budget = passBudget * betShare * (tests.harmless === null ? 1 : 1 - harmlessShare);
  // Without a deadline nothing can be aimed at: then against a version that is as good as the active one.
  const bold = leftMs > 0 ? boldness(state.bet, budget, information) : Math.log(maxRatio);
  if (bold === 0) return;
  const ratio = maxRatio * Math.exp(-bold);
  state.bet += tempering * (x1 * -bold - (x0 + x1) * Math.log((ratio * n1 + n0) / (maxRatio * n1 + n0)));
}

/** Natural logarithms of the evidence, and of what each has to reach. */
export interface ErrorRatioEvidence {
  readonly fail: number;
  readonly failNeeded: number;
  /** Which of the two speaks louder for failing. */
  readonly failBecause: 'ratio' | 'limit';
  readonly passRatio: number;
  readonly passLimit: number;
  readonly passNeeded: number;
}

export function errorRatioEvidence(
  { limits, harmful, harmless }: ErrorRatioTests,
  state: ErrorRatioState,
): ErrorRatioEvidence {
  const worse = logOf(state.failRatio);
  // Both have to be wrong: the smaller one lies below the e-process of whichever hypothesis holds.
  const ratio = harmful === null ? worse : Math.min(worse, logOf(state.harmful));
  const limit = logOf(state.failLimit);
  const fewer = logMean([logOf(state.passRatio), state.bet], [1 - betShare, betShare]);
  return {
    fail: logMean([ratio, limit]),
    failNeeded: -Math.log(limits.failBudget),
    failBecause: ratio >= limit ? 'ratio' : 'limit',
    passRatio: harmless === null ? fewer : logMean([fewer, logOf(state.harmless)], [1 - harmlessShare, harmlessShare]),
    passLimit: logOf(state.passLimit),
    passNeeded: -Math.log(limits.passBudget),
  };
}

/**
 * ln of the likelihood ratio of "as good as the control" against "has `maxRatio` times its errors", and nothing else: which
 * way it leans, long before it is proof.
 */
export function leaning({ passRatio }: ErrorRatioState): number {
  return passRatio[leaningPart]! - Math.log(passShares[leaningPart]);
}

/** The alternative at a ratio of 1. */
const leaningPart = 1;
