import { createHash } from 'node:crypto';
import { type Fence, printStamp, readStamp, type Slot, slots, type TrafficTarget, weights } from '@bluegreen/contract';
import { layout } from './settings.js';

/** One state of the switch: what was asked, by whom. It lies in the directory that `current` points to. */
export interface Generation {
  readonly service: string;
  readonly fence: Fence;
  /** Idempotency key of the write. */
  readonly key: string;
  readonly target: TrafficTarget;
  /**
   * Since when no request can begin at a slot, in milliseconds since the epoch. `null` for a slot that can be reached,
   * and for one that this very generation cut off: then the instant is that of the switch.
   */
  readonly idleSince: Readonly<Record<Slot, number | null>>;
}

/** The file of a generation: JSON that names its own digest, so that an edit shows. */
export function printGeneration(generation: Generation): string {
  const { service, fence, key, target, idleSince } = generation;
  const body = { layout, service, fence: printStamp(fence), key, target, idleSince };
  return `${JSON.stringify({ ...body, digest: digestOf(body) }, null, 2)}\n`;
}

/** The generation in a file; `null` for anything that `printGeneration` did not make. */
export function readGeneration(text: string): Generation | null {
  try {
    const { digest, ...body } = JSON.parse(text);
    if (body.layout !== layout || digest !== digestOf(body)) return null;
    const { service, fence, key, target, idleSince } = body;
    return {
      service,
      fence: readStamp(fence),
      key,
      target: { ...target, weights: weights(target.weights.green) },
      idleSince,
    };
  } catch {
    return null;
  }
}

function digestOf(body: object): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`;
}

/** True when new requests can come to this slot while the switch works; the fallback is no way to it. */
export function isReachable(target: TrafficTarget, slot: Slot): boolean {
  return (
    target.weights[slot] > 0 ||
    target.preview === slot ||
    target.mirror?.slot === slot ||
    target.audiences.some((audience) => audience.slot === slot)
  );
}

/** What the next generation remembers about slots that nobody reaches any more. */
export function nextIdleSince(
  target: TrafficTarget,
  before: { readonly generation: Generation; readonly committedAtMs: number } | null,
): Record<Slot, number | null> {
  const since = (slot: Slot) => {
    if (before === null || isReachable(target, slot) || isReachable(before.generation.target, slot)) return null;
    return before.generation.idleSince[slot] ?? before.committedAtMs;
  };
  return Object.fromEntries(slots.map((slot) => [slot, since(slot)])) as Record<Slot, number | null>;
}
