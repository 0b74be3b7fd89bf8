import { gamma } from './gamma.js';
import { poisson } from './poisson.js';
import type { Sfc32 } from './sfc32.js';

/**
 * How many things happen when they come in clusters: clusters as a Poisson process, their sizes geometric with this mean.
 * The variance is `2 * meanSize - 1` times that of single things. The sum of `n` geometric sizes is `n` and a negative
 * binomial number, which is Poisson with a gamma mean: the cost does not grow with the numbers.
 */
export function clustered(stream: Sfc32, mean: number, meanSize: number): number {
  const clusters = poisson(stream, mean / meanSize);
  if (clusters === 0 || meanSize <= 1) return clusters;
  return clusters + poisson(stream, gamma(stream, clusters) * (meanSize - 1));
}
