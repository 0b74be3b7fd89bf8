/**
 * Evidence against a hypothesis, as an e-process: a number that starts at 1 and, while the hypothesis holds, grows beyond
 * 1/x with a chance of at most x, however often and whenever somebody looks (Ville's inequality). Kept as the logarithms
 * of its parts, one per alternative; plain numbers, so that it can be journaled and goes on after a recovery.
 *
 * The parts are also mixed over start times: `addStart` puts fresh mass on every alternative, so that harm which begins
 * late is not weighed against a long healthy past. The recursion "add the new mass, then multiply by the likelihood
 * ratio" equals the sum over all start times, and needs no snapshots.
 */
export type LogEvidence = number[];

/** What is compared: alternatives with their shares, which sum to 1. */
export interface Mixture {
  readonly alternatives: readonly number[];
  readonly shares: readonly number[];
}

/** A mixture with equal shares. */
export function evenMixture(alternatives: readonly number[]): Mixture {
  return { alternatives, shares: alternatives.map(() => 1 / alternatives.length) };
}

/** Evidence before anything was seen; `mass` below 1 leaves the rest for later starts. */
export function freshEvidence({ shares }: Mixture, mass = 1): LogEvidence {
  return shares.map((share) => Math.log(share * mass));
}

/** Puts `mass` on a start at this instant. Over all starts at most 1, or it is no e-process any more. */
export function addStart(evidence: LogEvidence, { shares }: Mixture, mass: number): void {
  for (let index = 0; index < evidence.length; index++) {
    evidence[index] = logAdd(evidence[index]!, Math.log(shares[index]! * mass));
  }
}

/** The natural logarithm of the e-process. */
export function logOf(evidence: LogEvidence): number {
  return logSumExp(evidence);
}

/** ln(Σ exp(x)), without overflow; `-Infinity` for nothing. */
export function logSumExp(values: readonly number[]): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > most) most = value;
  if (most === Number.NEGATIVE_INFINITY || most === Number.POSITIVE_INFINITY) return most;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

/** ln(Σ share · exp(x)): evidence of several tests as one, by weights that sum to 1. */
export function logMean(values: readonly number[], shares?: readonly number[]): number {
  return logSumExp(values.map((value, index) => value + Math.log(shares?.[index] ?? 1 / values.length)));
}

function logAdd(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
}

const firstMass = 0.5;

/** Mass of the start at the beginning, and of the k-th later one (1, 2, 3 …): together 1. */
export function startMass(start: number): number {
  return start === 0 ? firstMass : (1 - firstMass) / (start * (start + 1));
}
