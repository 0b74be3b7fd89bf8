import {
  type BluegreenError,
  compareFences,
  type Fence,
  printStamp,
  readStamp,
  type WriteCall,
} from '@bluegreen/contract';
import { fail } from './failure.js';
import type { KubernetesObject } from './objects.js';

/** Every annotation of this package begins with it; the slot label is `bluegreen.dev/slot`. */
export const prefix = 'bluegreen.dev/';

const stampName = `${prefix}stamp`;
const writeName = `${prefix}write`;

/** Who wrote an object last. */
export interface Mark {
  readonly fence: Fence;
  /** The key of that write. */
  readonly write: string;
}

/** What `setup` leaves: older than every owner. */
export const firstMark: Mark = { fence: { epoch: 0, sequence: 0 }, write: 'setup' };

/** The annotations that hold a mark. */
export function printMark({ fence, write }: Mark): Record<string, string> {
  return { [stampName]: printStamp(fence), [writeName]: write };
}

/** The mark of an object: `null` without one, `'unreadable'` when somebody else wrote into it. */
export function readMark({ metadata }: KubernetesObject): Mark | null | 'unreadable' {
  const stamp = metadata.annotations?.[stampName];
  if (stamp === undefined) return null;
  try {
    return { fence: readStamp(stamp), write: metadata.annotations?.[writeName] ?? '' };
  } catch {
    return 'unreadable';
  }
}

/** The mark, where there is a readable one. */
export function markOf(object: KubernetesObject | null): Mark | null {
  const mark = object === null ? null : readMark(object);
  return mark === 'unreadable' ? null : mark;
}

/** Why this write may not follow `mark`; `null`: it may. A write that was done already is `isRepeated`. */
export function fenceProblem(mark: Mark, call: WriteCall): BluegreenError | null {
  if (call.fence.epoch < mark.fence.epoch) return newerOwner(mark, call.fence);
  const detail = stamps(mark, call.fence);
  return compareFences(call.fence, mark.fence) <= 0 ? fail('kubernetes/changed', { detail }) : null;
}

export function newerOwner(mark: Mark, fence: Fence): BluegreenError {
  return fail('kubernetes/newer-owner', { detail: stamps(mark, fence) });
}

function stamps(mark: Mark, fence: Fence): string {
  return `${printStamp(mark.fence)} is stored, ${printStamp(fence)} came`;
}

/** True when this very write left the mark. */
export function isRepeated(mark: Mark, call: WriteCall): boolean {
  return compareFences(call.fence, mark.fence) === 0 && mark.write === call.idempotencyKey;
}
