import { fail } from './error.js';

/** Total order of writes to one resource: `epoch` over owners (from the lease), `sequence` within one owner. */
export interface Fence {
  readonly epoch: number;
  readonly sequence: number;
}

/** Negative when `a` is older than `b`, positive when newer, 0 when equal. */
export function compareFences(a: Fence, b: Fence): number {
  return a.epoch - b.epoch || a.sequence - b.sequence;
}

/** A fence as text for a provider's own storage: `7.3`. */
export function printStamp(fence: Fence): string {
  return `${fence.epoch}.${fence.sequence}`;
}

/** The fence in a stamp. @throws `contract/stamp-invalid` for anything that `printStamp` did not make. */
export function readStamp(text: string): Fence {
  const found = /^(\d{1,15})\.(\d{1,15})$/.exec(text);
  if (found === null) throw fail('contract/stamp-invalid', { detail: JSON.stringify(text.slice(0, 40)) });
  return { epoch: Number(found[1]), sequence: Number(found[2]) };
}
