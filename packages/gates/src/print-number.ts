/** A count with thousands apart, as in `1,204`; the same in every locale. */
export function printCount(count: number): string {
  return String(Math.round(count * 100) / 100).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
}

/** A share as percent with as many digits as people need: `6.2 %`, `1 %`, `0.034 %`. */
export function printPercent(share: number): string {
  const percent = share * 100;
  const text = percent >= 1 || percent === 0 ? percent.toFixed(1) : percent.toPrecision(2);
  return `${Number(text)} %`;
}

/** Two shares so that what differs reads different: `1.04 %` and `1 %`, not twice `1 %`. */
export function printPercentPair(share: number, limit: number): readonly [string, string] {
  const pair = [printPercent(share), printPercent(limit)] as const;
  if (share === limit || pair[0] !== pair[1]) return pair;
  for (let digits = 2; digits < 16; digits += 1) {
    const exact = [`${Number((share * 100).toFixed(digits))} %`, `${Number((limit * 100).toFixed(digits))} %`] as const;
    if (exact[0] !== exact[1]) return exact;
  }
  return pair;
}

/** A factor with two digits, as people say it: `1.3`, `12`, `0.58`. */
export function printTimes(factor: number): string {
  return printCount(Number(factor.toPrecision(2)));
}
