import { type Evidence, printDuration, type Verdict } from '@bluegreen/contract';
import { timeToPass } from './error-eta.js';
import { exposureOf } from './error-exposure.js';
import type { ComparedLook, ErrorJudgeOptions } from './error-judge.js';
import {
  type ErrorRatioEvidence,
  type ErrorRatioState,
  type ErrorRatioTests,
  errorRatioEvidence,
} from './error-ratio.js';
import { WordedJudgement } from './judgement.js';
import { printCount, printPercent, printTimes } from './print-number.js';
import { type RatioInterval, ratioInterval } from './ratio-interval.js';
import type { Block } from './share-blocks.js';
import { isMismatch, type SplitMemory } from './split-check.js';

interface Weighed {
  readonly state: ErrorRatioState;
  readonly blocks: readonly Block[];
  readonly split: SplitMemory | null;
  readonly hasPassed: boolean;
  readonly hasFailed: boolean;
  readonly lastAt: number;
  readonly resets: number;
}

/** Intervals that are shown hold the truth with this confidence, at every instant at once. */
const shownAlpha = 0.05;
/** Older data are no longer the present. */
const staleMs = 120_000;

/** The verdict. `weighed` must not change after it: its numbers are put into words when somebody reads them. */
export function errorJudgement(
  options: ErrorJudgeOptions,
  tests: ErrorRatioTests,
  look: ComparedLook,
  weighed: Weighed,
): { readonly judgement: WordedJudgement; readonly hasPassed: boolean } {
  const found = errorRatioEvidence(tests, weighed.state);
  const say = (verdict: Verdict, note: () => string, more: Partial<Evidence> = {}, hasPassed = false) => ({
    judgement: new WordedJudgement({ verdict, reason: more.reason, exposure: more.exposure }, () => {
      const facts = factsOf(options, look, weighed);
      return { ...facts.evidence, ...more, summary: [facts.words, note()].join('; ') };
    }),
    hasPassed,
  });
  if (weighed.hasFailed || found.fail >= found.failNeeded) {
    return say('fail', () => failNote(options, found, weighed.hasPassed), {}, weighed.hasPassed);
  }
  if (isMismatch(weighed.split)) {
    const measured =
      weighed.state.candidate.requests / (weighed.state.candidate.requests + weighed.state.control.requests);
    const note = (): string =>
      `the candidate gets ${printPercent(measured)} of the requests instead of ${look.split?.percent} %`;
    return say('error', note, { reason: 'split-mismatch' }, weighed.hasPassed);
  }
  const ageMs = look.toMs - weighed.lastAt;
  if (ageMs > Math.max(staleMs, options.everyMs * 3)) {
    return say(
      'error',
      () => `the newest sample is ${printDuration(ageMs)} old`,
      { reason: 'stale' },
      weighed.hasPassed,
    );
  }
  const missing = missingFor(options, look, weighed.state);
  if (isPass(look, found, weighed.hasPassed)) {
    if (missing === null) return say('pass', () => passNote(options, look), {}, true);
    return say('inconclusive', missing.note, { reason: missing.reason }, true);
  }
  const etaMs = timeToPass(tests, weighed.state, look.isAlone);
  const exposure = exposureOf(tests, weighed.state, look);
  const wanted = exposure === undefined ? {} : { exposure };
  if (missing !== null) return say('inconclusive', missing.note, { reason: missing.reason, ...wanted });
  const leftMs = look.dueAt === null ? null : Math.max(0, look.dueAt - look.toMs);
  const isLate = leftMs !== null && (etaMs === null || etaMs > leftMs);
  const note = (): string => {
    const when =
      etaMs === null ? 'at this traffic it does not decide' : `it may decide in about ${printDuration(etaMs)}`;
    return `neither good nor bad is shown yet: ${when}${leftMs === null ? '' : `, ${printDuration(leftMs)} left`}`;
  };
  return say('inconclusive', note, {
    reason: isLate ? 'underpowered' : 'collecting',
    etaMs: isLate ? null : etaMs,
    ...wanted,
  });
}

/** Once shown, it stands until the evidence for it is gone: crossing once is enough, but not for ever. */
function isPass({ isAlone }: ComparedLook, found: ErrorRatioEvidence, hasPassed: boolean): boolean {
  const needed = hasPassed ? 0 : found.passNeeded;
  return found.passLimit >= needed && (isAlone || found.passRatio >= needed);
}

function missingFor(
  { minSamples, minTimeMs }: ErrorJudgeOptions,
  { openedAt, toMs }: ComparedLook,
  { candidate }: ErrorRatioState,
): { readonly reason: string; readonly note: () => string } | null {
  const sinceMs = toMs - openedAt;
  if (candidate.requests < minSamples) {
    const reason = sinceMs < minTimeMs ? 'collecting' : 'low-traffic';
    return { reason, note: () => `${printCount(minSamples)} requests needed` };
  }
  return sinceMs < minTimeMs
    ? { reason: 'collecting', note: () => `at least ${printDuration(minTimeMs)} needed` }
    : null;
}

function factsOf(
  { maxRate }: ErrorJudgeOptions,
  look: ComparedLook,
  { state, blocks, resets }: Weighed,
): { readonly words: string; readonly evidence: Omit<Evidence, 'summary'> } {
  const { candidate, control } = state;
  const windowMs = look.toMs - look.openedAt;
  const interval = look.isAlone ? null : ratioInterval(blocks, shownAlpha);
  const words = [
    candidate.requests === 0
      ? `no requests on the candidate in ${printDuration(windowMs)}`
      : `${rateText(candidate)} on the candidate in ${printDuration(windowMs)}`,
    ...(control.requests === 0 ? [] : [`${rateText(control)} on the active slot`]),
    ...(interval === null ? [] : [ratioText(interval)]),
    ...(resets === 0 ? [] : [`${resets} counter ${resets === 1 ? 'reset' : 'resets'}`]),
  ].join(', ');
  return {
    words,
    evidence: {
      limit: maxRate,
      samples: candidate.requests,
      windowMs,
      ...(candidate.requests === 0 ? {} : { value: candidate.bad / candidate.requests }),
      ...(control.requests === 0
        ? {}
        : { control: { value: control.bad / control.requests, samples: control.requests } }),
      ...(interval === null ? {} : { ratio: interval }),
    },
  };
}

function rateText({ requests, bad }: { readonly requests: number; readonly bad: number }): string {
  return `${printCount(bad)} errors of ${printCount(requests)} requests (${printPercent(bad / requests)})`;
}

/** `2 times as many (1.2 to 3.4 with 95 % confidence)` */
function ratioText({ estimate, lower, upper }: RatioInterval): string {
  const bounds = upper === null ? `at least ${printTimes(lower)}` : `${printTimes(lower)} to ${printTimes(upper)}`;
  if (estimate === null) return lower === 0 ? 'no ratio known yet' : `${bounds} times as many with 95 % confidence`;
  return `${printTimes(estimate)} times as many (${bounds} with 95 % confidence)`;
}

function failNote({ maxRate, failAbove }: ErrorJudgeOptions, found: ErrorRatioEvidence, hadPassed: boolean): string {
  const late = hadPassed ? ', after it had looked good' : '';
  if (found.failBecause === 'limit') return `shown to be above the limit of ${printPercent(maxRate)}${late}`;
  const worse = failAbove === 1 ? 'more errors' : `more than ${printTimes(failAbove)} times the errors`;
  return `shown to have ${worse} than the active slot${late}`;
}

function passNote({ maxRatio, maxRate }: ErrorJudgeOptions, { isAlone }: ComparedLook): string {
  const below = `shown to be below the limit of ${printPercent(maxRate)}`;
  return isAlone
    ? `${below}; nothing to compare with`
    : `${below} and below ${printTimes(maxRatio)} times the active slot`;
}
