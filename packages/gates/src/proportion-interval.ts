/** A share with bounds, 0 to 1. */
export interface ProportionInterval {
  readonly lower: number;
  readonly upper: number;
}

/** Φ⁻¹(0.975), for 95 %. */
const z95 = 1.959963984540054;

/** Wilson's score interval, 95 %. Source: E. B. Wilson, JASA 22 (1927). */
export function wilsonInterval(successes: number, trials: number, z = z95): ProportionInterval {
  const share = successes / trials;
  const square = (z * z) / trials;
  const centre = (share + square / 2) / (1 + square);
  const half = (z / (1 + square)) * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  return {
    lower: successes === 0 ? 0 : centre - half,
    upper: successes === trials ? 1 : centre + half,
  };
}

/** The exact interval of Clopper and Pearson: each end has `tail` of the binomial beyond it. For "at most" claims. */
export function exactInterval(successes: number, trials: number, tail = 0.025): ProportionInterval {
  return {
    lower: successes === 0 ? 0 : rootOf((share) => 1 - binomialAtMost(successes - 1, trials, share) - tail),
    upper: successes === trials ? 1 : rootOf((share) => tail - binomialAtMost(successes, trials, share)),
  };
}

/** The root of a function that grows from below 0 to above 0 between 0 and 1. */
function rootOf(grows: (share: number) => number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (grows(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X <= most) for X binomial, summed outwards from its largest term so that nothing underflows. */
export function binomialAtMost(most: number, trials: number, share: number): number {
  if (most < 0) return 0;
  if (most >= trials || share <= 0) return 1;
  if (share >= 1) return 0;
  const mode = Math.min(most, Math.floor((trials + 1) * share));
  const odds = share / (1 - share);
  let sum = 1;
  for (let k = mode, term = 1; k > 0 && term > 1e-18; k--) {
    term *= k / ((trials - k + 1) * odds);
    sum += term;
  }
  for (let k = mode, term = 1; k < most && term > 1e-18; k++) {
    term *= ((trials - k) * odds) / (k + 1);
    sum += term;
  }
  const logMode = logChoose(trials, mode) + mode * Math.log(share) + (trials - mode) * Math.log1p(-share);
  return Math.min(1, sum * Math.exp(logMode));
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Stirling's series; below 32 the product itself. */
function logFactorial(n: number): number {
  if (n < 32) {
    let product = 1;
    for (let k = 2; k <= n; k++) product *= k;
    return Math.log(product);
  }
  const [x, inverse] = [n + 1, 1 / (n + 1)];
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
