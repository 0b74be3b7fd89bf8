import type { Size } from '../rule.js';

/** The weights that are set and read back: all of them, or those where rounding goes wrong. */
export function triedWeights(stepPercent: number, size: Size): readonly number[] {
  const steps = Math.round(100 / stepPercent);
  const every = Array.from({ length: steps + 1 }, (_, step) => Math.round(step * stepPercent * 10) / 10);
  if (size === 'full' || every.length <= 101) return every;
  // The tenths beside both ends and the middle, and a walk whose step shares no factor with ten.
  return every.filter(
    (percent, index) => index % 13 === 0 || [0, 50, 100].some((mark) => Math.abs(percent - mark) < 0.95),
  );
}
