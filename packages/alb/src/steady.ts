/** Holds back good news until it lasts; bad news counts at once. */
export interface Steady {
  /** How many count now, given how many a read showed. */
  see(healthy: number): number;
}

/**
 * Flapping health checks show more healthy targets for a moment. A rise counts after `reads` reads in a row that show
 * at least as many. The first read of all counts as it is: whoever takes over a release must not see a slot that has
 * served for weeks as empty.
 */
export function steady(reads: number): Steady {
  let counted: number | null = null;
  let streak = 0;
  let least = 0;
  return {
    see(healthy) {
      if (counted === null || healthy <= counted) {
        counted = healthy;
        streak = 0;
        return counted;
      }
      least = streak === 0 ? healthy : Math.min(least, healthy);
      streak += 1;
      if (streak >= reads) {
        counted = least;
        streak = 0;
      }
      return counted;
    },
  };
}
