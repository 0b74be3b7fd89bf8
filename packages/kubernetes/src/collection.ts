import { randomInt } from 'node:crypto';
import { type Clock, isBluegreenError, type TimerHandle } from '@bluegreen/contract';
import { abortable } from './abortable.js';
import { alarm } from './alarm.js';
import type { Api } from './api.js';
import { Changes } from './changes.js';
import { fail } from './failure.js';
import type { KubernetesObject, Metadata } from './objects.js';
import { type LabelSelector, printSelector, Selection } from './selection.js';
import { watchEvents } from './watch-stream.js';

/** How a read wants its answer. */
export interface Reading {
  readonly signal: AbortSignal;
  /** The server is asked; else what a live watch has told is good enough. */
  readonly fresh: boolean;
  /** What a watch has told counts only while something came from it within this time. Default: while it counts as live. */
  readonly heardWithinMs?: number;
}

export interface CollectionOptions {
  readonly clock: Clock;
  /** Of the list. */
  readonly path: string;
  /** Narrows it for everybody. */
  readonly filter?: LabelSelector;
  /** A stream that says nothing for longer has a dead peer. */
  readonly silenceMs: number;
}

/** A watch that nobody reads any more is given up. */
const idleMs = 60_000;
/** How long a read waits until the watch shows what this process itself wrote. */
const ownWriteMs = 250;
const longestPauseMs = 5_000;

/**
 * The objects of one kind in one namespace: listed once, then watched, for as long as somebody reads them. Objects are
 * never put in from the answer to a write: an event that is newer than that answer may be here already.
 */
export class Collection<T extends KubernetesObject> {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #path: string;
  readonly #filter: string;
  readonly #silenceMs: number;
  readonly #items = new Map<string, T>();
  readonly #selections = new Map<string, Selection<T>>();
  /** Versions that this process wrote and that the watch has not shown yet. */
  readonly #awaited = new Map<string, string>();
  readonly #changes: Changes;
  #running: AbortController | null = null;
  #synced: Promise<void> | null = null;
  #isSynced = false;
  #isLive = false;
  #heardAt = 0;
  #usedAt = 0;
  #idle: TimerHandle | null = null;

  constructor(api: Api, { clock, path, filter = {}, silenceMs }: CollectionOptions) {
    this.#api = api;
    this.#clock = clock;
    this.#path = path;
    this.#filter = printSelector(filter);
    this.#silenceMs = silenceMs;
    this.#changes = new Changes(clock);
  }

  /** One object; `null` when it does not exist. */
  async item(name: string, reading: Reading): Promise<T | null> {
    if (await this.#isKnown(reading)) {
      if (this.#awaited.has(name))
        await this.#changes.until(() => !this.#awaited.has(name), ownWriteMs, reading.signal);
      if (!this.#awaited.has(name)) return this.#items.get(name) ?? null;
    }
    const object = await this.#get(name, reading.signal);
    // The watch has gone past the version that was waited for.
    if (object?.metadata.resourceVersion === this.#items.get(name)?.metadata.resourceVersion)
      this.#awaited.delete(name);
    return object;
  }

  /** The objects with these labels, in no order. */
  async select(selector: LabelSelector, reading: Reading): Promise<readonly T[]> {
    if (await this.#isKnown(reading)) return this.#selection(selector).list;
    return (await this.#list(reading.signal, printSelector(selector))).items;
  }

  /** Changes one object. Afterwards no read here shows it as it was before. */
  async patch(name: string, patch: ObjectPatch, signal: AbortSignal): Promise<T> {
    const path = `${this.#path}/${name}${patch.query}`;
    const { body, contentType } = patch;
    const written = await this.#api.request<T>({ method: 'PATCH', path, body, contentType, signal });
    if (!patch.query.includes('dryRun=All')) this.#noteWrite(written.metadata);
    return written;
  }

  /** Resolves when something changed, or when the time is over. */
  changed(withinMs: number, signal: AbortSignal): Promise<void> {
    return this.#changes.next(withinMs, signal);
  }

  close(): void {
    this.#running?.abort();
    this.#running = null;
    this.#synced = null;
    this.#isSynced = false;
    this.#isLive = false;
    if (this.#idle !== null) this.#clock.clearTimeout(this.#idle);
    this.#idle = null;
    this.#items.clear();
    this.#selections.clear();
    this.#awaited.clear();
    this.#changes.announce();
  }

  /** True when what is held here answers the reading. */
  async #isKnown({ fresh, signal, heardWithinMs = this.#silenceMs }: Reading): Promise<boolean> {
    if (fresh) return false;
    await this.#watched(signal);
    return this.#isLive && this.#clock.now() - this.#heardAt < heardWithinMs;
  }

  /** Begins to watch where nobody does. Waits for the first list only, and fails as that does. */
  async #watched(signal: AbortSignal): Promise<void> {
    this.#usedAt = this.#clock.now();
    if (this.#idle === null) this.#guardIdle(idleMs);
    if (this.#running === null) {
      const running = new AbortController();
      this.#running = running;
      this.#synced = this.#begin(running.signal);
      // Whoever waits for it hears of it; nobody else has to.
      this.#synced.catch(() => {
        if (this.#running === running) this.close();
      });
    }
    const { signal: running } = this.#running!;
    await abortable(this.#synced!, signal, () => {
      // A list that hangs must not be what every later read waits for.
      if (this.#running?.signal === running && !this.#isSynced) this.close();
    });
  }

  /** Looked at now and then, not at every read. */
  #guardIdle(delayMs: number): void {
    this.#idle = alarm(this.#clock, delayMs, () => {
      const leftMs = this.#usedAt + idleMs - this.#clock.now();
      if (leftMs <= 0) this.close();
      else this.#guardIdle(leftMs);
    });
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const version = await this.#relist(signal);
    this.#isSynced = true;
    void this.#follow(version, signal);
  }

  async #follow(first: string, signal: AbortSignal): Promise<void> {
    let version: string | null = first;
    let failures = 0;
    while (!signal.aborted) {
      try {
        version ??= await this.#bounded(signal, (bound) => this.#relist(bound));
        version = await this.#watch(version, signal);
        failures = 0;
      } catch {
        // After a gap only a new list says what is true.
        version = null;
        failures += 1;
        const mostMs = Math.min(longestPauseMs, 50 * 2 ** failures);
        await this.#changes.until(() => signal.aborted, 1 + randomInt(mostMs), signal);
      } finally {
        this.#isLive = false;
      }
    }
  }

  async #relist(signal: AbortSignal): Promise<string> {
    const { items, metadata } = await this.#list(signal, this.#filter);
    this.#items.clear();
    this.#selections.clear();
    this.#awaited.clear();
    for (const item of items) this.#items.set(item.metadata.name, item);
    this.#isLive = true;
    this.#heardAt = this.#clock.now();
    this.#changes.announce();
    return metadata.resourceVersion;
  }

  /** Gives `work` a signal that also aborts when it has not begun to answer in time. What it opened goes on. */
  async #bounded<R>(signal: AbortSignal, work: (bound: AbortSignal) => Promise<R>): Promise<R> {
    const controller = new AbortController();
    const timer = alarm(this.#clock, this.#silenceMs, () => controller.abort());
    try {
      return await work(AbortSignal.any([signal, controller.signal]));
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  async #list(signal: AbortSignal, selector: string): Promise<List<T>> {
    const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
    const list = await this.#api.request<List<T>>({ method: 'GET', path: `${this.#path}${query}`, signal });
    return { ...list, items: list.items.map(kept) };
  }

  async #get(name: string, signal: AbortSignal): Promise<T | null> {
    try {
      return kept(await this.#api.request<T>({ method: 'GET', path: `${this.#path}/${name}`, signal }));
    } catch (error) {
      if (isBluegreenError(error) && error.code === 'kubernetes/not-found') return null;
      throw error;
    }
  }

  /** Follows the stream from `version`. Returns the version to go on from, or `null` when that is too old. */
  async #watch(version: string, signal: AbortSignal): Promise<string | null> {
    const query = new URLSearchParams({
      watch: '1',
      resourceVersion: version,
      allowWatchBookmarks: 'true',
      // Ends by itself, each time at another moment, so that a server that was added gets its share.
      timeoutSeconds: String(randomInt(240, 360)),
      ...(this.#filter === '' ? {} : { labelSelector: this.#filter }),
    });
    let last = version;
    const path = `${this.#path}?${query}`;
    const message = await this.#bounded(signal, (bound) => this.#api.open({ method: 'GET', path, signal: bound }));
    message.socket.unref();
    this.#isLive = true;
    this.#heardAt = this.#clock.now();
    for await (const { type, object } of watchEvents(message, this.#silenceMs, this.#clock)) {
      this.#heardAt = this.#clock.now();
      if (type === 'ERROR') {
        if (object.code === 410) return null;
        throw fail('kubernetes/read-failed', { detail: object.message ?? object.reason ?? 'the watch failed' });
      }
      last = object.metadata.resourceVersion;
      if (type === 'DELETED') this.#remove(object.metadata.name);
      else if (type !== 'BOOKMARK') this.#put(kept(object as unknown as T));
    }
    return last;
  }

  #put(object: T): void {
    const { name, resourceVersion } = object.metadata;
    this.#items.set(name, object);
    for (const selection of this.#selections.values()) selection.put(object);
    if (this.#awaited.get(name) === resourceVersion) this.#awaited.delete(name);
    this.#changes.announce();
  }

  #remove(name: string): void {
    this.#items.delete(name);
    for (const selection of this.#selections.values()) selection.remove(name);
    this.#awaited.delete(name);
    this.#changes.announce();
  }

  #noteWrite({ name, resourceVersion }: Metadata): void {
    if (this.#running === null) return;
    // A write that changed nothing leaves the version as it was; nothing will come for it.
    if (this.#items.get(name)?.metadata.resourceVersion !== resourceVersion) this.#awaited.set(name, resourceVersion);
  }

  #selection(selector: LabelSelector): Selection<T> {
    const key = printSelector(selector);
    let selection = this.#selections.get(key);
    if (selection === undefined) {
      selection = new Selection(selector, this.#items.values());
      this.#selections.set(key, selection);
    }
    return selection;
  }
}

/** A change of one object, as `PATCH` takes it. */
export interface ObjectPatch {
  /** With its question mark. */
  readonly query: string;
  readonly contentType: string;
  readonly body: string;
}

interface List<T> {
  readonly items: readonly T[];
  readonly metadata: { readonly resourceVersion: string };
}

/** Without what is large and never read here. */
function kept<T extends KubernetesObject>(object: T): T {
  const metadata = { ...object.metadata, managedFields: undefined };
  return { ...object, metadata };
}
