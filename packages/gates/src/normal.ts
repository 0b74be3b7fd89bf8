const sqrtTwoPi = Math.sqrt(2 * Math.PI);

export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / sqrtTwoPi;
}

/** Φ(z), to double precision: a series near 0, the continued fraction of Mills' ratio in the tails. */
export function normalCdf(z: number): number {
  const distance = Math.abs(z);
  if (distance > 38) return z < 0 ? 0 : 1;
  if (distance < 5) {
    let term = z;
    let sum = z;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 300; k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + sum * normalDensity(z);
  }
  let fraction = distance;
  for (let k = 60; k >= 1; k--) fraction = distance + k / fraction;
  const tail = normalDensity(distance) / fraction;
  return z < 0 ? tail : 1 - tail;
}

const numerators = [
  [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
    2.506628277459239,
  ],
  [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
] as const;
const denominators = [
  [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1],
  [0, 7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
] as const;

/** Φ⁻¹(p), 0 < p < 1: Acklam's rational approximation and one step of Halley's method. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  let z: number;
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    z = polynomial(numerators[1], q) / polynomial(denominators[1], q);
  } else {
    const q = p - 0.5;
    z = (polynomial(numerators[0], q * q) * q) / polynomial(denominators[0], q * q);
  }
  const off = (normalCdf(z) - p) / normalDensity(z);
  return z - off / (1 + (z * off) / 2);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}
