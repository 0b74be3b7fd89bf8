import type { Effect } from '@bluegreen/machine';
import { dueAt, type KnownEffects } from './reconcile.js';

export type ReadEffect = Extract<Effect, { readonly kind: 'observe-routing' | 'observe-environment' }>;

/** A read that was made before and is made again. */
export interface RepeatedRead {
  readonly effect: ReadEffect;
  readonly dueAt: number;
}

/** What goes on in a release while nothing happens. */
export interface Rest {
  /** In the order in which the machine wants them. */
  readonly reads: readonly RepeatedRead[];
  /** Before this instant the state does not change by time alone, and nothing but the reads is due. */
  readonly until: number;
}

/** `null` when nothing repeats. Ask only while no effect is under way. */
export function restOf(wanted: readonly Effect[], known: KnownEffects, quietUntil: number): Rest | null {
  const reads: RepeatedRead[] = [];
  let until = quietUntil;
  for (const effect of wanted) {
    const endedAt = known.get(effect.key);
    const due = dueAt(effect, endedAt);
    if (due === null) continue;
    if (endedAt !== undefined && isRead(effect)) reads.push({ effect, dueAt: due });
    else if (due < until) until = due;
  }
  return reads.length === 0 ? null : { reads, until };
}

function isRead(effect: Effect): effect is ReadEffect {
  return effect.kind === 'observe-routing' || effect.kind === 'observe-environment';
}
