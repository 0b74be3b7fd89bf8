/** A traffic weight: `10 %`, `0.1 %`. */
export function printWeight(percent: number): string {
  return `${plainNumber(percent, 1)} %`;
}

/** A count with thousands apart: `1,204`. */
export function printCount(count: number): string {
  return plainNumber(count, 2).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}

/** A share between 0 and 1 as percent, with as many digits as people need: `6.2 %`, `0.034 %`. */
export function printShare(share: number): string {
  const percent = share * 100;
  const digits = Math.abs(percent) >= 1 || percent === 0 ? percent.toFixed(1) : percent.toPrecision(2);
  return `${Number(digits)} %`;
}

/** Two shares so that what differs reads different: `1.04 %` and `1 %`, not twice `1 %`. */
export function printSharePair(share: number, limit: number): readonly [string, string] {
  const pair = [printShare(share), printShare(limit)] as const;
  if (share === limit || pair[0] !== pair[1]) return pair;
  for (let digits = 2; digits < 16; digits += 1) {
    const exact = [share, limit].map((each) => `${Number((each * 100).toFixed(digits))} %`);
    if (exact[0] !== exact[1]) return [exact[0]!, exact[1]!];
  }
  return pair;
}

/** Time since the start of the release: `00:01:20`, `26:00:05`. */
export function printClock(sinceStartMs: number): string {
  const seconds = Math.floor(Math.max(0, Number.isFinite(sinceStartMs) ? sinceStartMs : 0) / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

function plainNumber(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
