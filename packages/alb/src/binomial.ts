/**
 * The probability of a count at least as unlikely as `successes` among `trials`, each of which succeeds with
 * `probability`: the exact two-sided binomial test, by summing every count that is not more likely.
 */
export function twoSidedBinomial(trials: number, successes: number, probability: number): number {
  const logs = logFactorials(trials);
  const likelihood = (count: number): number =>
    Math.exp(
      logs[trials]! -
        logs[count]! -
        logs[trials - count]! +
        count * Math.log(probability) +
        (trials - count) * Math.log(1 - probability),
    );
  // Equal up to rounding counts as equal.
  const seen = likelihood(successes) * (1 + 1e-9);
  let sum = 0;
  for (let count = 0; count <= trials; count += 1) {
    const each = likelihood(count);
    if (each <= seen) sum += each;
  }
  return Math.min(1, sum);
}

function logFactorials(most: number): readonly number[] {
  const logs = [0];
  for (let value = 1; value <= most; value += 1) logs.push(logs[value - 1]! + Math.log(value));
  return logs;
}
