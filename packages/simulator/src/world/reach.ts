import type { Routing, Slot } from '@bluegreen/contract';

/** A way in which a routing sends requests to a slot. */
export type ReachPart = 'weight' | 'audience' | 'preview' | 'mirror' | 'fallback';

/** Every way in which this routing reaches the slot; `strays` gets the requests that have no routing to go by. */
export function reachOf(routing: Routing, slot: Slot, strays: Slot | null = null): ReachPart[] {
  if (routing.kind !== 'split') return strays === slot ? ['weight'] : [];
  const { target } = routing;
  const parts: ReachPart[] = [];
  if (target.weights[slot] > 0) parts.push('weight');
  if (target.audiences.some((audience) => audience.slot === slot)) parts.push('audience');
  if (target.preview === slot) parts.push('preview');
  if (target.mirror?.slot === slot) parts.push('mirror');
  if (target.fallback === slot) parts.push('fallback');
  return parts;
}
