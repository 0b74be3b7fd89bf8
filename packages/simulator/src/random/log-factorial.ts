/** ln k! for k = 0 … 15. */
const small: readonly number[] = [
  0,
  0,
  Math.LN2,
  1.791759469228055,
  3.1780538303479458,
  4.787491742782046,
  6.579251212010101,
  8.525161361065415,
  10.60460290274525,
  12.801827480081469,
  15.104412573075516,
  17.502307845873887,
  19.987214495661885,
  22.552163853123425,
  25.191221182738683,
  27.89927138384089,
];

const halfLogTwoPi = 0.9189385332046728;

/** ln k! by table and Stirling's series, to about 15 digits. */
export function logFactorial(k: number): number {
  return k < 16 ? small[k]! : stirling(k) + stirlingTail(k);
}

/** What Stirling's formula leaves of ln k!; goes to 0 as 1 / (12 (k + 1)). */
export function stirlingTail(k: number): number {
  if (k < 16) return small[k]! - stirling(k);
  const inverse = 1 / (k + 1);
  const square = inverse * inverse;
  return (1 / 12 - (1 / 360 - (1 / 1260 - square / 1680) * square) * square) * inverse;
}

function stirling(k: number): number {
  return (k + 0.5) * Math.log(k + 1) - (k + 1) + halfLogTwoPi;
}
