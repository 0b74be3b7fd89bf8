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
  let start: Effect[] | null = null;
  let wakeAt: number | null = null;
  let wantedAndKnown = 0;
  for (const effect of wanted) {
    const endedAt = known.get(effect.key);
    if (endedAt !== undefined) wantedAndKnown++;
    const due = dueAt(effect, endedAt);
    if (due === null) continue;
    if (due <= now) start = [...(start ?? none), effect];
    else if (wakeAt === null || due < wakeAt) wakeAt = due;
  }
  let abort: string[] | null = null;
  let forget: string[] | null = null;
  if (wantedAndKnown === known.size) return { start: start ?? none, abort: none, forget: none, wakeAt };
  for (const key of known.keys()) {
    if (isWanted(wanted, key)) continue;
    if (known.get(key) === null) abort = [...(abort ?? none), key];
    else forget = [...(forget ?? none), key];
  }
  return { start: start ?? none, abort: abort ?? none, forget: forget ?? none, wakeAt };
}

/** Most of the time there is nothing to do, and nothing to be made for it. */
const none: readonly never[] = [];

function isWanted(wanted: readonly Effect[], key: string): boolean {
  for (const effect of wanted) if (effect.key === key) return true;
  return false;
}

/** When the effect may start; `null`: it runs, or it was done and is not repeated. */
export function dueAt(effect: Effect, endedAt: number | null | undefined): number | null {
  if (endedAt === undefined) return effect.notBefore;
  if (endedAt === null || !('everyMs' in effect) || effect.everyMs === 0) return null;
  return Math.max(effect.notBefore, endedAt + effect.everyMs);
}
