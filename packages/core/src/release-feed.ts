import { type Clock, fail, type Journal, type JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';

/** An event with its place in the journal of its release. */
export type NumberedEvent = ReleaseEvent & { readonly seq: number };

/** Between two looks at a journal that another process writes. */
const remotePollMs = 250;

/** Tells whoever follows a release that its journal grew. */
export class ReleaseFeed {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #clock: Clock;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The journal of `releaseId` grew. */
  notify(releaseId: string): void {
    for (const wake of [...(this.#waiting.get(releaseId) ?? [])]) wake();
  }

  close(): void {
    this.#isClosed = true;
    for (const releaseId of [...this.#waiting.keys()]) this.notify(releaseId);
  }

  /**
   * Every record from the first on; ends after `release-finished`, unless the release was opened again already. A read that
   * came back late may stand behind the end, and opens nothing.
   */
  async *follow(journal: Journal, releaseId: string): AsyncGenerator<JournalRecord<ReleaseEvent>, void> {
    let seq = 1;
    let isOver = false;
    for (;;) {
      // Listening begins before the read, so that nothing falls between the two.
      const { grown, stop } = this.#listen(releaseId);
      try {
        const records = await journal.read(releaseId, seq);
        for (const record of records) {
          seq = record.seq + 1;
          const { type } = record.event;
          isOver = type === 'release-finished' || (isOver && type !== 'retry-requested' && type !== 'phase-entered');
          yield record as JournalRecord<ReleaseEvent>;
        }
        if (isOver) return;
        if (records.length > 0) continue;
        if (this.#isClosed) throw fail('release/detached', { detail: releaseId });
        await grown;
      } finally {
        stop();
      }
    }
  }

  #listen(releaseId: string): { readonly grown: Promise<void>; readonly stop: () => void } {
    let wake: () => void = () => {};
    const grown = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const timer = this.#clock.setTimeout(() => wake(), remotePollMs);
    const all = this.#waiting.get(releaseId) ?? new Set();
    this.#waiting.set(releaseId, all.add(wake));
    const stop = (): void => {
      this.#clock.clearTimeout(timer);
      all.delete(wake);
      if (all.size === 0) this.#waiting.delete(releaseId);
    };
    return { grown, stop };
  }
}
