import { normal } from './durations.js';
import type { Sfc32 } from './sfc32.js';

/** A gamma number with this shape and scale 1 (G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", 2000). */
export function gamma(stream: Sfc32, shape: number): number {
  if (!(shape > 0)) return 0;
  if (shape < 1) return gamma(stream, shape + 1) * stream.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(stream);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(stream.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
