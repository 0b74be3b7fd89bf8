import type { ReleasePlan } from '@bluegreen/machine';

/** The services in the order in which a step shifts them: first those that depend on none, then those that depend on them. */
export function shiftOrder({ services }: ReleasePlan): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const rowOf = new Map<string, number>();
  const names = Object.keys(services).sort();
  while (rowOf.size < names.length) {
    const placed = names.filter(
      (name) => !rowOf.has(name) && (services[name]!.dependsOn ?? []).every((provider) => rowOf.has(provider)),
    );
    // A circle was refused before there was a plan; one that is read from somewhere else must not go on for ever.
    if (placed.length === 0) return [...rows, names.filter((name) => !rowOf.has(name))];
    for (const name of placed) rowOf.set(name, rows.length);
    rows.push(placed);
  }
  return rows;
}

/**
 * For how long one shift leaves services at different steps. Rows of the order wait for each other; services of one row
 * go together, so the slowest of a row counts. A service alone has no skew against others, but its routers have among
 * themselves: their propagation.
 */
export function skewOf(
  { services, policy }: ReleasePlan,
  order: readonly (readonly string[])[],
): { readonly atLeastMs: number; readonly atMostMs: number } {
  const { callMs, pollMs } = policy.limits;
  let atLeastMs = 0;
  for (const row of order) {
    atLeastMs += Math.max(...row.map((name) => services[name]!.traffic.capabilities.propagationMs));
  }
  const isAlone = Object.keys(services).length === 1;
  return { atLeastMs, atMostMs: isAlone ? atLeastMs : atLeastMs + order.length * (callMs + pollMs) };
}

/**
 * The share of requests that pass through every service and meet both versions, at a percent that holds. Where the
 * same person is drawn for every service (`sticky`, and `redrawn`, whose salt is the release) it is none; where each
 * request or each browser is drawn for each service alone, it is `1 - p^n - (1 - p)^n`.
 */
export function mixedShare({ services }: ReleasePlan, percent: number): number {
  const drawn = Object.values(services).filter(({ cohort: { kind } }) => kind === 'per-request' || kind === 'bound');
  const count = Object.keys(services).length;
  if (count < 2 || drawn.length === 0) return 0;
  const share = percent / 100;
  // Services that draw the same people count as one draw.
  const draws = drawn.length + (drawn.length < count ? 1 : 0);
  return 1 - share ** draws - (1 - share) ** draws;
}
