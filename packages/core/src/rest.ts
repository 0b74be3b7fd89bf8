import type { Effect } from '@bluegreen/machine';
import type { JudgeEffect } from './analysis.js';
import { dueAt, type KnownEffects } from './reconcile.js';

export type ReadEffect = Extract<Effect, { readonly kind: 'observe-routing' | 'observe-environment' }>;

/** Something that was done before and is done again. */
export interface Repeated<E extends ReadEffect | JudgeEffect> {
  readonly effect: E;
  readonly dueAt: number;
}

/** What goes on in a release while nothing happens, in the order in which the machine wants it: reads, then looks. */
export interface Rest {
  readonly reads: readonly Repeated<ReadEffect>[];
  /** Analyses, which measure and judge. */
  readonly looks: readonly Repeated<JudgeEffect>[];
  /** Before this instant the state does not change by time alone, and nothing else is due. */
  readonly until: number;
}

/** `null` when nothing repeats. Ask only while no effect is under way. */
export function restOf(wanted: readonly Effect[], known: KnownEffects, quietUntil: number): Rest | null {
  const reads: Repeated<ReadEffect>[] = [];
  const looks: Repeated<JudgeEffect>[] = [];
  let until = quietUntil;
  for (const effect of wanted) {
    const endedAt = known.get(effect.key);
    const due = dueAt(effect, endedAt);
    if (due === null) continue;
    if (endedAt !== undefined && isRead(effect)) reads.push({ effect, dueAt: due });
    else if (endedAt !== undefined && isLook(effect)) looks.push({ effect, dueAt: due });
    else if (due < until) until = due;
  }
  return reads.length === 0 ? null : { reads, looks, until };
}

function isRead(effect: Effect): effect is ReadEffect {
  return effect.kind === 'observe-routing' || effect.kind === 'observe-environment';
}

function isLook(effect: Effect): effect is JudgeEffect {
  return effect.kind === 'judge' && effect.gate.kind === 'analysis';
}
