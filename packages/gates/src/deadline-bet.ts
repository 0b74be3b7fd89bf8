import { normalCdf, normalDensity, normalQuantile } from './normal.js';

/** A step further than this is never worth it: one alternative is at most this many natural logarithms away. */
const boldest = 3;
/** So close to certain counts as certain: what is left can't be bet on in whole requests. */
const certain = 0.9;

/**
 * The alternative to weigh the next interval against, so that evidence is strongest when the time is over: a test that may
 * stop at any instant needs about 1.3 to 2 times the requests of one that looks once, and this one gets most of that back.
 *
 * Think of the fixed test that looks at the end and rejects with chance `budget`. The chance that it will, given all that
 * was seen, is a martingale under the hypothesis; divided by `budget` it is an e-process that ends at 1/`budget` exactly
 * where the fixed test rejects. Any alternative that is chosen from the past keeps an e-process one, so this walks along
 * that martingale in its normal approximation: being wrong about what is still to come costs strength, never validity.
 *
 * @param logWealth ln of this bet's e-process so far, 0 at its start.
 * @param information Σ q(1 - q) over the bad requests still to come, q the chance that one falls on the candidate.
 * @returns ln(nullRatio / alternative), at least 0.
 */
export function boldness(logWealth: number, budget: number, information: number): number {
  if (!(information > 0)) return 0;
  const chance = Math.exp(logWealth) * budget * certain;
  if (chance >= 0.999) return 0;
  const z = normalQuantile(Math.max(chance, 1e-9));
  return Math.min(boldest, normalDensity(z) / (normalCdf(z) * Math.sqrt(information)));
}
