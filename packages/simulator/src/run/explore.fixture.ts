/** All of it with `BLUEGREEN_EXPLORE=full`; else about `count` of them, evenly spread and always the same. */
export function some<T>(all: readonly T[], count: number): readonly T[] {
  if (process.env.BLUEGREEN_EXPLORE === 'full' || all.length <= count) return all;
  // A stride without a common factor, so that every absence and every fault comes up.
  const stride = all.length / count;
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * stride + ((index * 0.618) % 1) * stride)]!);
}

/** The releases that are explored: a cutover, a way back, a first deployment, people and checks, and two weak routers. */
export const explored = ['good', 'bad', 'first deploy', 'everything', 'slow router', 'router without stamps'] as const;
