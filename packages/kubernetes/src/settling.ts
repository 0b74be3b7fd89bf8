import type { Clock } from '@bluegreen/contract';

/** How far the cluster follows what was written. */
export type Following =
  | { readonly kind: 'done' }
  /** Nothing wrong happens, and not all of it yet. */
  | { readonly kind: 'partly'; readonly summary: string }
  /** Requests still go where they must not. */
  | { readonly kind: 'not-yet'; readonly summary: string /** It will not by itself. */; readonly isRefused?: boolean };

/**
 * Remembers since when the cluster does what was written, so that the nodes, which report nothing, get their time.
 * A new process counts anew.
 */
export class Settling {
  readonly #clock: Clock;
  readonly #settleMs: number;
  #revision: string | null = null;
  #since: number | null = null;

  constructor(clock: Clock, settleMs: number) {
    this.#clock = clock;
    this.#settleMs = settleMs;
  }

  /** True once this revision was done for long enough. Pods that come later do not undo it; a wrong one does. */
  isProven(revision: string, following: Following): boolean {
    if (this.#revision !== revision) {
      this.#revision = revision;
      this.#since = null;
    }
    if (following.kind === 'not-yet') this.#since = null;
    else if (following.kind === 'done') this.#since ??= this.#clock.now();
    return this.#since !== null && this.#clock.now() - this.#since >= this.#settleMs;
  }
}
