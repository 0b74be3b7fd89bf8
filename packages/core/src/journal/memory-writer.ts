import {
  fail,
  type JournalCommand,
  type JournalEvent,
  type JournalRecord,
  type JournalWriter,
  releaseResource,
} from '@bluegreen/contract';
import { frozenEvent } from './frozen-json.js';
import type { MemoryRelease, MemoryStore } from './memory-store.js';

export class MemoryWriter implements JournalWriter {
  readonly #store: MemoryStore;
  readonly #releaseId: string;
  readonly #resource: string;
  readonly #epoch: number;
  readonly #release: MemoryRelease;
  readonly #watchers = new Set<() => void>();
  #closed = false;

  constructor(store: MemoryStore, releaseId: string, epoch: number) {
    this.#store = store;
    this.#releaseId = releaseId;
    this.#resource = releaseResource(releaseId);
    this.#epoch = epoch;
    this.#release = store.release(releaseId);
  }

  /** `append` for a caller that can't wait. @throws as `append` */
  appendNow(events: readonly JournalEvent[]): readonly JournalRecord[] {
    if (this.#closed) throw fail('journal/closed', { detail: this.#releaseId });
    const frozen = events.map(frozenEvent);
    this.#store.assertHeld(this.#resource, this.#epoch);
    const { records } = this.#release;
    if (records.length === 0 && frozen.length > 0) this.#store.remember(this.#releaseId);
    return frozen.map((event) => {
      const record = Object.freeze({ seq: records.length + 1, epoch: this.#epoch, event });
      records.push(record);
      return record;
    });
  }

  async append(events: readonly JournalEvent[]): Promise<readonly JournalRecord[]> {
    return this.appendNow(events);
  }

  async commands(): Promise<readonly JournalCommand[]> {
    return [...this.#release.commands.values()];
  }

  async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#release.commands.delete(id);
  }

  watch(onCommand: () => void): () => void {
    const { clock } = this.#store;
    // Through the clock, so that the order is the same in every run with a virtual one.
    const notify = () => {
      clock.setTimeout(() => {
        if (this.#watchers.has(notify)) onCommand();
      }, 0);
    };
    this.#watchers.add(notify);
    this.#release.watchers.add(notify);
    if (this.#release.commands.size > 0) notify();
    return () => this.#stop(notify);
  }

  closeNow(): void {
    this.#closed = true;
    for (const notify of this.#watchers) this.#stop(notify);
  }

  async close(): Promise<void> {
    this.closeNow();
  }

  #stop(notify: () => void): void {
    this.#watchers.delete(notify);
    this.#release.watchers.delete(notify);
  }
}
