import { type Fence, printStamp, readStamp } from './fence.js';
import { slots } from './slot.js';
import type { TrafficTarget } from './traffic.js';
import { weights } from './weights.js';

/** A routing as an adapter keeps it at its provider: what was asked, and by whom. */
export interface StoredRouting {
  readonly target: TrafficTarget;
  /** The fence of the write; `null` where there is nowhere to put it. */
  readonly fence: Fence | null;
}

/** A routing as JSON, for a provider that keeps any text. */
export function printRouting({ target, fence }: StoredRouting): string {
  const { weights: split, candidate, fallback, preview, audiences, cohort, mirror } = target;
  const stamp = fence === null ? null : printStamp(fence);
  return JSON.stringify({
    stamp,
    greenPercent: split.green,
    candidate,
    fallback,
    preview,
    audiences,
    cohort,
    mirror,
  });
}

/** The routing in a text; `null` for anything that `printRouting` did not make. */
export function readRouting(text: string): StoredRouting | null {
  try {
    const { stamp, greenPercent, candidate, fallback, preview, audiences, cohort, mirror } = JSON.parse(text);
    const fence = stamp === null ? null : readStamp(stamp);
    const target: TrafficTarget = {
      weights: weights(greenPercent),
      candidate,
      fallback,
      preview,
      audiences,
      cohort,
      mirror,
    };
    const isSlotOrNull = (value: unknown) => value === null || slots.includes(value as never);
    const isWhole =
      [candidate, fallback, preview].every(isSlotOrNull) &&
      Array.isArray(audiences) &&
      typeof cohort?.kind === 'string' &&
      (mirror === null || slots.includes(mirror.slot));
    // Printed again it must be the same text: then nothing in it was added, left out or changed by hand.
    return isWhole && printRouting({ target, fence }) === text ? { target, fence } : null;
  } catch {
    return null;
  }
}
