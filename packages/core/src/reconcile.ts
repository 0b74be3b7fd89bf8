import type { Effect } from '@bluegreen/machine';

/** What the runner knows of each effect it started: `null` while it runs, else the instant at which it ended. */
export type KnownEffects = ReadonlyMap<string, number | null>;

export interface Reconciliation {
  /** In the order in which the machine wants them. */
  readonly start: readonly Effect[];
  /** Keys of running effects that nobody wants any more. */
  readonly abort: readonly string[];
  /** Keys that can be forgotten. */
  readonly forget: readonly string[];
  /** When the next effect that waits is due; `null` when none waits. */
  readonly wakeAt: number | null;
}

/**
 * Holds what is wanted against what is under way, by key. Sans-I/O: it starts nothing and reads no clock, so the
 * synchronous and the asynchronous driver do exactly the same.
 */
export function reconcile(wanted: readonly Effect[], known: KnownEffects, now: number): Reconciliation {
  const start: Effect[] = [];
  let wakeAt: number | null = null;
  for (const effect of wanted) {
    const due = dueAt(effect, known.get(effect.key));
    if (due === null) continue;
    if (due <= now) start.push(effect);
    else if (wakeAt === null || due < wakeAt) wakeAt = due;
  }
  const abort: string[] = [];
  const forget: string[] = [];
  for (const [key, endedAt] of known) {
    if (wanted.some((effect) => effect.key === key)) continue;
    (endedAt === null ? abort : forget).push(key);
  }
  return { start, abort, forget, wakeAt };
}

/** When the effect may start; `null`: it runs, or it was done and is not repeated. */
function dueAt(effect: Effect, endedAt: number | null | undefined): number | null {
  if (endedAt === undefined) return effect.notBefore;
  if (endedAt === null || !('everyMs' in effect) || effect.everyMs === 0) return null;
  return Math.max(effect.notBefore, endedAt + effect.everyMs);
}
