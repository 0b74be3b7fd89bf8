import { evenMixture, type LogEvidence, type Mixture } from './evidence.js';
import type { Side } from './ratio-test.js';

export interface LimitTest {
  readonly limit: number;
  readonly mixture: Mixture;
  /** ln(alternative / limit), and ln((1 - alternative) / (1 - limit)). */
  readonly logBad: readonly number[];
  readonly logGood: readonly number[];
}

const halves: readonly number[] = Array.from({ length: 12 }, (_, index) => (index + 1) / 2);

/**
 * The test of one share of bad requests against a fixed limit, 0 < limit < 1. `fail`: evidence against "at most the
 * limit"; `pass`: against "at least the limit". Alternatives have the odds of the limit times 2^(±e), `exponents` 0.5 … 6
 * unless given.
 */
export function limitTest(side: Side, limit: number, exponents: readonly number[] = halves): LimitTest {
  const odds = limit / (1 - limit);
  const alternatives = exponents.map((exponent) => {
    const shifted = odds * 2 ** (side === 'fail' ? exponent : -exponent);
    return shifted / (1 + shifted);
  });
  return {
    limit,
    mixture: evenMixture(alternatives),
    logBad: alternatives.map((alternative) => Math.log(alternative / limit)),
    logGood: alternatives.map((alternative) => Math.log1p((limit - alternative) / (1 - limit))),
  };
}

/** Weighs `bad` of `requests`; `tempering` as in `addToRatio`. */
export function addToLimit(test: LimitTest, evidence: LogEvidence, requests: number, bad: number, tempering = 1): void {
  if (requests <= 0) return;
  const good = requests - bad;
  for (let index = 0; index < evidence.length; index++) {
    evidence[index]! += tempering * (bad * test.logBad[index]! + good * test.logGood[index]!);
  }
}
