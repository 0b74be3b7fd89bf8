import type { Sfc32 } from './sfc32.js';

/** A memoryless duration with this mean. */
export function exponentialMs(stream: Sfc32, meanMs: number): number {
  return -Math.log(stream.uniform()) * meanMs;
}

/** A duration whose logarithm is normal: half are below `medianMs`; `sigma` is the spread of the logarithm. */
export function lognormalMs(stream: Sfc32, medianMs: number, sigma: number): number {
  return medianMs * Math.exp(sigma * normal(stream));
}

/** A standard normal number, by Box and Muller's polar angle: always two uniforms. */
export function normal(stream: Sfc32): number {
  const radius = Math.sqrt(-2 * Math.log(stream.uniform()));
  return radius * Math.cos(2 * Math.PI * stream.uniform());
}
