import { join } from 'node:path';
import type { TimerHandle } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { inboxEntries } from './inbox.js';
import { inboxName } from './layout.js';

/** How late a command may be noticed where the system reports no changes. */
const pollMs = 1_000;

/**
 * Calls back when a name appears in the inbox that was not there before; at once for those that wait already. The
 * system's notifications only make it look earlier: it looks every `pollMs` anyway.
 */
export class InboxWatch {
  readonly #context: JournalContext;
  readonly #releaseId: string;
  readonly #onCommand: () => void;
  #seen: ReadonlySet<string> = new Set();
  #timer: TimerHandle | null = null;
  #stopNotifications: (() => void) | null = null;
  #looking = false;
  #lookAgain = false;
  #stopped = false;

  constructor(context: JournalContext, releaseId: string, onCommand: () => void) {
    this.#context = context;
    this.#releaseId = releaseId;
    this.#onCommand = onCommand;
  }

  start(): void {
    this.look();
    this.#timer = this.#context.time.setTimeout(() => this.start(), pollMs);
  }

  /** Looks now. Asks for notifications where that was not possible before: a new release has no inbox at first. */
  look(): void {
    if (this.#stopNotifications === null) this.#subscribe();
    void this.#compareAll();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopNotifications?.();
    if (this.#timer !== null) this.#context.time.clearTimeout(this.#timer);
  }

  #subscribe(): void {
    const inbox = join(this.#context.layout.release(this.#releaseId), inboxName);
    try {
      this.#stopNotifications = this.#context.fileSystem.watch(inbox, () => this.look());
    } catch {
      this.#stopNotifications = null;
    }
  }

  async #compareAll(): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#lookAgain && !this.#stopped) {
        this.#lookAgain = false;
        // A failing look is repeated by the next one.
        const entries = await inboxEntries(this.#context, this.#releaseId).catch(() => null);
        if (entries !== null && !this.#stopped) this.#compare(entries.map((entry) => entry.file));
      }
    } finally {
      this.#looking = false;
    }
  }

  #compare(files: readonly string[]): void {
    const somethingNew = files.some((file) => !this.#seen.has(file));
    this.#seen = new Set(files);
    if (somethingNew) this.#onCommand();
  }
}
