import { type Drain, type Slot, slots } from '@bluegreen/contract';
import { type Generation, isReachable } from './generation.js';
import type { Settings } from './settings.js';

/**
 * How long requests may still run in each slot.
 *
 * A bound, not a count: nginx reads the whole body of a request before it connects to the slot that was chosen for it,
 * so no connections to a slot does not mean no more requests for it.
 */
export function drainOf(
  settings: Settings,
  generation: Generation,
  committedAtMs: number,
): Readonly<Record<Slot, Drain>> {
  const left = (slot: Slot): Drain => {
    if (isReachable(generation.target, slot)) return { kind: 'bounded', atMostMs: settings.longestRequestMs };
    const idleForMs = Math.max(0, settings.now() - (generation.idleSince[slot] ?? committedAtMs));
    return { kind: 'bounded', atMostMs: Math.max(0, Math.ceil(settings.longestRequestMs - idleForMs)) };
  };
  return Object.fromEntries(slots.map((slot) => [slot, left(slot)])) as Record<Slot, Drain>;
}
