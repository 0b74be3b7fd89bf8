/**
 * How far counts lie from what is expected, in standard deviations (Wilson and Hilferty's normal approximation of
 * chi-square). Cells with an expectation below 10 are joined with their neighbours.
 */
export function chiSquareDeviation(observed: readonly number[], expected: readonly number[]): number {
  let statistic = 0;
  let cells = 0;
  let seen = 0;
  let due = 0;
  const last = expected.length - 1;
  let rest = expected.reduce((sum, value) => sum + value, 0);
  for (let index = 0; index <= last; index++) {
    seen += observed[index] ?? 0;
    due += expected[index]!;
    rest -= expected[index]!;
    if (index !== last && (due < 10 || rest < 10)) continue;
    statistic += (seen - due) ** 2 / due;
    cells++;
    seen = 0;
    due = 0;
  }
  const freedom = cells - 1;
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread);
}
