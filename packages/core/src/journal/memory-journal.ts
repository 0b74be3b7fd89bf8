import type { Clock, Journal, JournalSession, Lease } from '@bluegreen/contract';
import { fail, releaseResource, systemClock } from '@bluegreen/contract';
import { frozenCommand } from './frozen-json.js';
import { type MemoryOwner, MemoryStore, type TakenEpoch } from './memory-store.js';
import { MemoryWriter } from './memory-writer.js';

export interface MemoryJournalOptions {
  /** Decides when leases expire, and is what `lastHeldAt` and the notifications of `watch` go by. */
  readonly clock?: Clock;
}

export interface MemoryJournal extends Journal {
  join(owner: { readonly id: string; readonly ttlMs: number }): Promise<MemorySession>;
}

export interface MemorySession extends JournalSession {
  acquire(resources: readonly string[], above?: Readonly<Record<string, number>>): Promise<MemoryLease>;
}

export interface MemoryLease extends Lease {
  writer(releaseId: string): Promise<MemoryWriter>;
}

/**
 * A journal that lasts as long as this object: for tests, for simulated releases, and where nothing has to survive the
 * process. Same rules as a file journal; its writers can also append without waiting (`appendNow`).
 */
export function memoryJournal({ clock = systemClock() }: MemoryJournalOptions = {}): MemoryJournal {
  const store = new MemoryStore(clock);
  return {
    name: 'memory',
    read: async (releaseId, fromSeq = 1) => store.known(releaseId)?.records.slice(Math.max(0, fromSeq - 1)) ?? [],
    releases: async () => store.releaseIds(),
    send: async (releaseId, given) => {
      const command = frozenCommand(given);
      const release = store.known(releaseId);
      if (release === null) throw fail('journal/release-unknown', { detail: releaseId });
      if (release.commands.has(command.id)) return;
      release.commands.set(command.id, command);
      for (const watcher of release.watchers) watcher();
    },
    join: async ({ id, ttlMs }) => memorySession(store, { id, ttlMs, renewedAt: clock.now(), closed: false }),
  };
}

function memorySession(store: MemoryStore, owner: MemoryOwner): MemorySession {
  const leases = new Set<MemoryLease>();
  const assertOpen = () => {
    if (owner.closed) throw fail('journal/closed', { detail: `owner ${owner.id}` });
  };
  return {
    owner: owner.id,
    ttlMs: owner.ttlMs,
    renew: async () => {
      assertOpen();
      owner.renewedAt = store.clock.now();
    },
    acquire: async (resources, above = {}) => {
      assertOpen();
      const lease: MemoryLease = memoryLease(store, store.take(owner, resources, above), () => leases.delete(lease));
      leases.add(lease);
      return lease;
    },
    close: async () => {
      if (owner.closed) return;
      for (const lease of leases) await lease.free();
      owner.closed = true;
    },
  };
}

function memoryLease(store: MemoryStore, taken: ReadonlyMap<string, TakenEpoch>, onFreed: () => void): MemoryLease {
  const writers = new Map<string, MemoryWriter>();
  let freed = false;
  return {
    epochs: Object.fromEntries([...taken].map(([resource, { epoch }]) => [resource, epoch])),
    lastHeldAt: Object.fromEntries([...taken].map(([resource, { lastHeldAt }]) => [resource, lastHeldAt])),
    confirm: async () => {
      for (const [resource, { epoch }] of taken) store.assertHeld(resource, epoch);
    },
    writer: async (releaseId) => {
      const resource = releaseResource(releaseId);
      const epoch = taken.get(resource)?.epoch;
      if (freed || epoch === undefined || writers.has(releaseId)) {
        const why = epoch === undefined ? 'not among its resources' : freed ? 'freed' : 'opened before';
        throw fail('journal/writer-refused', { detail: `${releaseId}: ${why}` });
      }
      store.assertHeld(resource, epoch);
      const writer = new MemoryWriter(store, releaseId, epoch);
      writers.set(releaseId, writer);
      return writer;
    },
    free: async () => {
      if (freed) return;
      freed = true;
      for (const writer of writers.values()) writer.closeNow();
      for (const [resource, { epoch }] of taken) store.free(resource, epoch);
      onFreed();
    },
  };
}
