import { decisionTime } from './decision-time.js';
import type { ErrorJudgeOptions } from './error-judge.js';

/** What is expected of the traffic while a gate is open. */
export interface ForecastQuestion {
  readonly requestsPerSecond: number;
  /** Share of the active slot's requests that fail. */
  readonly errorRate: number;
  /** Share of the requests that the candidate gets, above 0 and below 1. */
  readonly weight: number;
  /** How long the gate may take. */
  readonly givenMs: number;
}

export interface GateForecast {
  /** Whether it will have decided about a version that is as good as the active one: surely, perhaps, or hardly. */
  readonly decides: 'in-time' | 'perhaps' | 'too-late';
  /** Mean time until it passes such a version; `null`: never, at this rate of errors. */
  readonly passMs: number | null;
  /** Mean time until a version with `maxRatio` times the errors fails, and the failures that costs beyond the active slot's. */
  readonly failMs: number | null;
  readonly excessFailures: number | null;
}

/** The evidence is shared out among alternatives; the right one gets about this part of it. */
const passPoints = 4;
const failPoints = 48;
/** The times spread widely around their mean. */
const surely = 1.6;
const hardly = 0.8;

/** What an `error-ratio` can do at this traffic: a mean under a drift approximation, to plan with. */
export function forecastErrorRatio(options: ErrorJudgeOptions, question: ForecastQuestion): GateForecast {
  const { requestsPerSecond, errorRate, weight, givenMs } = question;
  const { maxRatio, maxRate, passBudget, failBudget, minTimeMs, minSamples } = options;
  const base = { requestsPerSecond, baselineRate: errorRate, weight };
  const fewer = decisionTime({
    ...base,
    side: 'pass',
    trueRatio: 1,
    alternativeRatio: 1,
    nullRatio: maxRatio,
    budget: passBudget,
    points: passPoints,
  });
  const worse = decisionTime({
    ...base,
    side: 'fail',
    trueRatio: maxRatio,
    alternativeRatio: maxRatio,
    nullRatio: options.failAbove,
    budget: failBudget,
    points: failPoints,
  });
  const belowMs = timeBelow(errorRate, maxRate, requestsPerSecond * weight, passBudget);
  const harmlessMs =
    options.harmlessRate > 0
      ? timeBelow(errorRate, options.harmlessRate, requestsPerSecond * weight, passBudget)
      : null;
  const comparedMs = least(fewer.expectedMs, harmlessMs);
  const samplesMs = (minSamples / (requestsPerSecond * weight)) * 1_000;
  const passMs = belowMs === null || comparedMs === null ? null : Math.max(belowMs, comparedMs, minTimeMs, samplesMs);
  const decides =
    passMs === null || passMs * hardly > givenMs ? 'too-late' : passMs * surely > givenMs ? 'perhaps' : 'in-time';
  return { decides, passMs, failMs: worse.expectedMs, excessFailures: worse.excessFailures };
}

/** Mean time until a rate is shown to be below a limit; `null`: it is not. */
function timeBelow(rate: number, limit: number, perSecond: number, budget: number): number | null {
  if (rate >= limit) return null;
  const gain = (rate > 0 ? rate * Math.log(rate / limit) : 0) + (1 - rate) * Math.log((1 - rate) / (1 - limit));
  return ((Math.log(1 / budget) + Math.log(12)) / (gain * perSecond)) * 1_000;
}

function least(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
