import type { Size } from '../rule.js';

/** The weights that are set and read back: all of them, or those where rounding goes wrong. */
export function triedWeights(stepPercent: number, size: Size): readonly number[] {
  const steps = Math.round(100 / stepPercent);
  const every = Array.from({ length: steps + 1 }, (_, step) => Math.round(step * stepPercent * 10) / 10);
  if (size === 'full' || every.length <= 101) return every;
  // A walk that meets every last digit, and the tenths beside both ends and the middle.
  const marks = [0, 50, 100];
  return every.filter((percent, index) => index % 37 === 0 || marks.some((mark) => Math.abs(percent - mark) < 0.35));
}
