import {
  type BluegreenError,
  fail,
  isBluegreenError,
  type JournalCommand,
  type JournalEvent,
  type JournalRecord,
  type JournalWriter,
} from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { quietly, writeAll } from './durable-file.js';
import type { OpenFile } from './file-system.js';
import { frozenEvent } from './frozen-json.js';
import { forgetCommands, waitingCommands } from './inbox.js';
import { InboxWatch } from './inbox-watch.js';
import { addRelease } from './release-directory.js';
import { encodeBatch } from './segment.js';

export interface WriterPlace {
  readonly releaseId: string;
  readonly epoch: number;
  /** Rejects with `journal/lease-lost` when this owner may write no more. */
  readonly assertHeld: () => Promise<void>;
}

interface Waiting {
  readonly events: readonly JournalEvent[];
  resolve(records: readonly JournalRecord[]): void;
  reject(error: unknown): void;
}

/**
 * Appends to one segment. Appends that wait while another one is being stored share a line and its sync.
 *
 * The lease is read before each write, so that an owner who was asleep stops, and again after it: when no newer epoch
 * is there then, everyone who takes over later reads this record, because taking the lease comes before reading.
 */
export class SegmentWriter implements JournalWriter {
  readonly #context: JournalContext;
  readonly #place: WriterPlace;
  readonly #header: string;
  readonly #watches = new Set<InboxWatch>();
  #file: OpenFile | null;
  #lengthBytes: number;
  #lastSeq: number;
  #waiting: Waiting[] = [];
  #running = false;
  #idle: Promise<void> = Promise.resolve();
  #refusal: BluegreenError | null = null;
  #appended = false;

  constructor(
    context: JournalContext,
    place: WriterPlace,
    start: { readonly header: string; readonly lastSeq: number; readonly file: OpenFile | null },
  ) {
    this.#context = context;
    this.#place = place;
    this.#header = start.header;
    this.#lastSeq = start.lastSeq;
    this.#file = start.file;
    this.#lengthBytes = Buffer.byteLength(start.header);
  }

  /** Whether anything was recorded through this writer. */
  get appended(): boolean {
    return this.#appended;
  }

  // Not async: the order of the calls is the order of the records.
  append(events: readonly JournalEvent[]): Promise<readonly JournalRecord[]> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== null) throw this.#refusal;
      this.#waiting.push({ events: events.map(frozenEvent), resolve, reject });
      if (!this.#running) this.#idle = this.#storeAll();
    });
  }

  commands(): Promise<readonly JournalCommand[]> {
    return waitingCommands(this.#context, this.#place.releaseId);
  }

  forget(ids: readonly string[]): Promise<void> {
    return forgetCommands(this.#context, this.#place.releaseId, ids);
  }

  watch(onCommand: () => void): () => void {
    const watch = new InboxWatch(this.#context, this.#place.releaseId, onCommand);
    this.#watches.add(watch);
    watch.start();
    return () => {
      this.#watches.delete(watch);
      watch.stop();
    };
  }

  async close(): Promise<void> {
    this.#refusal ??= fail('journal/closed', { detail: this.#place.releaseId });
    for (const watch of this.#watches) watch.stop();
    this.#watches.clear();
    await this.#idle;
    const file = this.#file;
    this.#file = null;
    // Everything that counts was synced: a failing close loses nothing.
    if (file !== null) await quietly(file.close());
  }

  async #storeAll(): Promise<void> {
    this.#running = true;
    let failure: BluegreenError | null = null;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      failure ??= await this.#store(group);
      if (failure !== null) for (const { reject } of group) reject(failure);
    }
    this.#running = false;
  }

  async #store(group: readonly Waiting[]): Promise<BluegreenError | null> {
    const events = group.flatMap((waiting) => waiting.events);
    try {
      await this.#place.assertHeld();
      if (events.length > 0) {
        await this.#write(encodeBatch(this.#lastSeq + 1, events));
        await this.#place.assertHeld();
      }
    } catch (error) {
      this.#refusal = this.#refusalFor(error);
      return this.#refusal;
    }
    for (const waiting of group) waiting.resolve(this.#recordsOf(waiting.events));
    return null;
  }

  async #write(line: string): Promise<void> {
    if (this.#file === null) {
      const { releaseId, epoch } = this.#place;
      this.#file = await addRelease(this.#context, releaseId, epoch, this.#header + line);
      for (const watch of this.#watches) watch.look();
    } else {
      try {
        await writeAll(this.#file, line);
        await this.#file.sync();
      } catch (error) {
        await quietly(this.#takeBack(this.#file));
        throw error;
      }
    }
    this.#lengthBytes += Buffer.byteLength(line);
    this.#appended = true;
  }

  /**
   * After a failed sync the whole line may be readable and yet be gone after a power loss, so it must not stay. Only
   * while the lease is held: a new owner may have counted the line, and then it has to stay. (Should one take over in
   * the instant between looking and cutting, it misses a record that it counted, and refuses as `journal/corrupt`.)
   */
  async #takeBack(file: OpenFile): Promise<void> {
    await this.#place.assertHeld();
    await file.truncate(this.#lengthBytes);
    await file.sync();
  }

  #recordsOf(events: readonly JournalEvent[]): readonly JournalRecord[] {
    return events.map((event) => {
      this.#lastSeq += 1;
      return { seq: this.#lastSeq, epoch: this.#place.epoch, event };
    });
  }

  #refusalFor(error: unknown): BluegreenError {
    if (isBluegreenError(error) && error.code !== 'journal/storage-failed') return error;
    return fail('journal/append-failed', { detail: (error as Error).message, cause: error });
  }
}
