import { type Clock, isBluegreenError, type Lease } from '@bluegreen/contract';
import { memoryJournal } from '@bluegreen/core';
import type { JournalBench } from '../journal/journal-bench.js';
import { flawedJournal, type JournalFlaws } from './flawed-journal.fixture.js';
import type { Mutant } from './mutant.fixture.js';

class ManualClock implements Clock {
  nowMs = 1_700_000_000_000;
  now = () => this.nowMs;
  setTimeout = (run: () => void, delayMs: number) => setTimeout(run, delayMs);
  clearTimeout = (handle: unknown) => clearTimeout(handle as NodeJS.Timeout);
}

/** A journal in memory: correct, but for its flaws. */
export function memoryJournalBench(makeFlaws: (now: () => number) => JournalFlaws = () => ({})): JournalBench {
  const clock = new ManualClock();
  const good = memoryJournal({ clock });
  const journal = flawedJournal(good, makeFlaws(clock.now));
  return {
    open: () => journal,
    now: clock.now,
    advance: (durationMs) => {
      clock.nowMs += durationMs;
    },
  };
}

function mutant(
  rule: string,
  flaw: string,
  flaws: JournalFlaws | ((now: () => number) => JournalFlaws),
): Mutant<JournalBench> {
  const makeFlaws = typeof flaws === 'function' ? flaws : () => flaws;
  return { rule: `journal-${rule}`, flaw, makeBench: () => memoryJournalBench(makeFlaws) };
}

const nobodyElse: JournalFlaws = {
  session: (good) => ({ acquire: (resources) => good.acquire(resources.map((name) => `${good.owner}/${name}`)) }),
};

const recordMutants = [
  mutant('begins-empty', 'lists what is not there', { journal: () => ({ releases: async () => ['ghost'] }) }),
  mutant('numbers', 'counts in twos', {
    journal: (good) => ({
      read: async (id, from) => (await good.read(id, from)).map((record) => ({ ...record, seq: record.seq * 2 })),
    }),
  }),
  mutant('gives-back', 'loses a rare character', {
    journal: (good) => ({
      read: async (id, from) => JSON.parse(JSON.stringify(await good.read(id, from)).replaceAll('\u2028', '')),
    }),
  }),
  mutant('reads-from', 'always reads everything', { journal: (good) => ({ read: (id) => good.read(id) }) }),
  mutant('append-order', 'the last call comes first', {
    writer: (good) => {
      let waiting: (() => Promise<void>)[] = [];
      const flush = async () => {
        const now = waiting.reverse();
        waiting = [];
        for (const run of now) await run();
      };
      return {
        append: (events) =>
          new Promise((resolve, reject) => {
            if (waiting.length === 0) setImmediate(() => void flush());
            waiting.push(() => good.append(events).then(resolve, reject));
          }),
      };
    },
  }),
  mutant('history-frozen', 'hands out what can be changed', {
    journal: (good) => ({ read: async (id, from) => structuredClone([...(await good.read(id, from))]) }),
  }),
  mutant('plain-json', 'takes what JSON makes of it', {
    writer: (good) => ({ append: (events) => good.append(JSON.parse(JSON.stringify(events))) }),
  }),
  mutant('empty-batch', 'records that there was nothing', {
    writer: (good) => ({
      append: (events) => good.append(events.length === 0 ? [{ type: 'nothing', at: 1 }] : events),
    }),
  }),
  mutant('lists-releases', 'by name', {
    journal: (good) => ({ releases: async () => [...(await good.releases())].sort() }),
  }),
];

const leaseMutants = [
  mutant('one-owner', 'each owner has names of its own', nobodyElse),
  mutant('contested', 'each owner has names of its own', nobodyElse),
  mutant('all-or-none', 'takes one after the other', {
    session: (good) => ({
      async acquire(resources, above) {
        let last: Lease | null = null;
        for (const resource of resources) last = await good.acquire([resource], above);
        return last!;
      },
    }),
  }),
  mutant('epochs-grow', 'forgets what the provider has seen', {
    session: (good) => ({ acquire: (resources) => good.acquire(resources) }),
  }),
  mutant('epochs-apart', 'one count for all', {
    lease: ({ epochs }) => {
      const highest = Math.max(...Object.values(epochs));
      return { epochs: Object.fromEntries(Object.keys(epochs).map((name) => [name, highest])) };
    },
  }),
  mutant('lease-expires', 'never lets go', {
    journal: (good) => ({ join: (owner) => good.join({ ...owner, ttlMs: owner.ttlMs * 100 }) }),
  }),
  mutant('slow-owner', 'gives up what nobody else wants', (now) => ({
    session: (good) => {
      let renewedAt = now();
      return {
        async renew() {
          if (now() - renewedAt > good.ttlMs) await good.close();
          renewedAt = now();
          await good.renew();
        },
      };
    },
  })),
  mutant('followed-owner', 'drops the records of a late owner in silence', {
    writer: (good) => ({
      append: (events) =>
        good.append(events).catch((error: unknown) => {
          if (isBluegreenError(error) && error.code === 'journal/lease-lost') return [];
          throw error;
        }),
    }),
  }),
  mutant('one-writer', 'hands out the same writer again', {
    lease: (good) => {
      const open = new Map<string, ReturnType<Lease['writer']>>();
      return {
        writer(releaseId) {
          const writer = open.get(releaseId) ?? good.writer(releaseId);
          open.set(releaseId, writer);
          return writer;
        },
      };
    },
  }),
];

/** Every resource was last held when somebody last asked for it. */
function askedAt(now: () => number, counts: 'all' | 'failed'): JournalFlaws {
  const asked = new Map<string, number>();
  return {
    session: (good) => ({
      async acquire(resources, above) {
        const before = new Map(asked);
        if (counts === 'all') for (const resource of resources) asked.set(resource, now());
        const lease = await good.acquire(resources, above).catch((error: unknown) => {
          for (const resource of resources) asked.set(resource, now());
          throw error;
        });
        const held = Object.entries(lease.lastHeldAt);
        return {
          epochs: lease.epochs,
          lastHeldAt: Object.fromEntries(held.map(([name, at]) => [name, before.get(name) ?? at])),
          confirm: () => lease.confirm(),
          writer: (id) => lease.writer(id),
          free: () => lease.free(),
        };
      },
    }),
  };
}

const absenceMutants = [
  mutant('last-held', 'never knows', {
    lease: ({ lastHeldAt }) => ({
      lastHeldAt: Object.fromEntries(Object.keys(lastHeldAt).map((name) => [name, null])),
    }),
  }),
  mutant('watching-is-not-using', 'whoever used the router watched the release', {
    lease: ({ lastHeldAt }) => {
      const latest = Math.max(...Object.values(lastHeldAt).map((at) => at ?? 0));
      return { lastHeldAt: Object.fromEntries(Object.keys(lastHeldAt).map((name) => [name, latest])) };
    },
  }),
  mutant('idle-owner', 'whoever took it watched it', (now) => askedAt(now, 'all')),
  mutant('failed-owner', 'whoever asked for it watched it', (now) => askedAt(now, 'failed')),
];

const inboxMutants = [
  mutant('command-order', 'the newest first', {
    writer: (good) => ({ commands: async () => [...(await good.commands())].reverse() }),
  }),
  mutant('command-once', 'counts each time that it is sent', () => {
    let sent = 0;
    return {
      journal: (good) => ({
        send: (id, command) => good.send(id, { ...command, id: sent++ === 0 ? command.id : `${command.id}-${sent}` }),
      }),
    };
  }),
  mutant('command-refused', 'takes commands for nobody', {
    journal: (good) => ({
      send: (id, command) =>
        good.send(id, command).catch((error: unknown) => {
          if (!isBluegreenError(error) || error.code !== 'journal/release-unknown') throw error;
        }),
    }),
  }),
  mutant('command-watched', 'never calls', { writer: () => ({ watch: () => () => undefined }) }),
  mutant('command-watched-early', 'watches what is there already', {
    writer: (good) => {
      let isThere = false;
      return {
        async append(events) {
          isThere = true;
          return good.append(events);
        },
        watch: (onCommand) => (isThere ? good.watch(onCommand) : () => undefined),
      };
    },
  }),
];

const endingMutants = [
  mutant('close-writer', 'leaves behind what is on its way', {
    writer: (good) => ({
      async append(events) {
        await new Promise((resolve) => setImmediate(resolve));
        return good.append(events);
      },
    }),
  }),
  mutant('close-session', 'keeps its leases', { session: () => ({ close: async () => undefined }) }),
];

/** One broken journal, at least, for every rule. */
export const journalMutants: readonly Mutant<JournalBench>[] = [
  ...recordMutants,
  ...leaseMutants,
  ...absenceMutants,
  ...inboxMutants,
  ...endingMutants,
];
