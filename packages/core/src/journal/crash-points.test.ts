import {
  isBluegreenError,
  type Journal,
  type JournalEvent,
  type JournalRecord,
  type JournalWriter,
  releaseResource,
} from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { type DiskCall, type DiskHook, failure } from './simulated-disk.fixture.js';
import { SimulatedHost, type SimulatedProcess } from './simulated-host.fixture.js';

const resources = [releaseResource('old'), releaseResource('new'), 'router'];
const ttlMs = 10_000;

/** What an owner was told is done. */
interface Told {
  readonly records: Record<'old' | 'new', JournalRecord[]>;
  /** Given to append, without an answer yet. */
  readonly pending: Record<'old' | 'new', JournalEvent[]>;
  epochs: Readonly<Record<string, number>>;
  /** Commands that must wait. */
  readonly sent: Set<string>;
}

function nothingTold(): Told {
  return { records: { old: [], new: [] }, pending: { old: [], new: [] }, epochs: {}, sent: new Set() };
}

function event(type: string): JournalEvent {
  return { type, at: 1 };
}

/** Everything that an owner does, each in the presence of a release that exists and of one that does not. */
async function work({ journal }: SimulatedProcess, told: Told, tag: string): Promise<void> {
  const session = await journal.join({ id: tag, ttlMs });
  const lease = await session.acquire(resources);
  told.epochs = lease.epochs;
  for (const id of ['old', 'new'] as const) {
    const writer = await lease.writer(id);
    for (const types of [[`${tag} 1`, `${tag} 2`], [`${tag} 3`]]) {
      told.pending[id].push(...types.map(event));
      const records = await writer.append(types.map(event));
      told.records[id].push(...records);
      told.pending[id].length = 0;
    }
    if (id === 'old') await command(journal, writer, told, tag);
  }
  await session.renew();
  await lease.free();
  await session.close();
}

async function command(journal: Journal, writer: JournalWriter, told: Told, tag: string): Promise<void> {
  for (const id of [`${tag} stays`, `${tag} goes`]) {
    await journal.send('old', { id, type: 'pause', at: 1 });
    told.sent.add(id);
  }
  told.sent.delete(`${tag} goes`);
  await writer.forget([`${tag} goes`]);
}

/** Lets `allowed` calls pass; then the process dies, before the next call or half-way through it. */
function dyingAfter(allowed: number, how: (typeof deaths)[number]): DiskHook & { readonly died: () => boolean } {
  let calls = 0;
  let dead = false;
  const hook = (call: DiskCall) => {
    if (dead) return new Promise(() => undefined);
    calls += 1;
    if (calls <= allowed) return call.run();
    dead = true;
    if (how === 'half-way through') call.runPartly();
    return new Promise(() => undefined);
  };
  return Object.assign(hook, { died: () => dead });
}

async function countCalls(): Promise<number> {
  const host = await hostWithHistory(nothingTold());
  let calls = 0;
  await work(
    host.start((call) => {
      calls += 1;
      return call.run();
    }),
    nothingTold(),
    'counted',
  );
  return calls;
}

/** A release that an owner wrote and left by dying. */
async function hostWithHistory(told: Told): Promise<SimulatedHost> {
  const host = new SimulatedHost();
  const first = host.start();
  const lease = await (await first.journal.join({ id: 'first', ttlMs })).acquire([releaseResource('old')]);
  told.records.old.push(...(await (await lease.writer('old')).append([event('begin')])));
  host.kill(first.pid);
  return host;
}

/** What the next owner must find, and be able to do. */
async function checkNextOwner(host: SimulatedHost, told: Told, label: string): Promise<void> {
  const { journal } = host.start();
  const session = await journal.join({ id: 'next', ttlMs });
  const lease = await session.acquire(resources);
  for (const [resource, epoch] of Object.entries(told.epochs))
    expect(lease.epochs[resource], label).toBeGreaterThan(epoch);
  const releases = await journal.releases();
  for (const id of ['old', 'new'] as const) {
    const writer = await lease.writer(id);
    const found = await journal.read(id);
    const known = told.records[id];
    expect(found.slice(0, known.length), label).toEqual(known);
    // A batch without an answer is there as a whole or not at all.
    const more = found.slice(known.length).map((record) => record.event);
    expect([[], told.pending[id]], label).toContainEqual(more);
    expect(releases.includes(id), label).toBe(found.length > 0);
    const waiting = (await writer.commands()).map((waits) => waits.id);
    if (id === 'old') expect(waiting, label).toEqual(expect.arrayContaining([...told.sent]));
    const [record] = await writer.append([event('next')]);
    expect(record!.seq, label).toBe(found.length + 1);
    expect(await journal.read(id)).toEqual([...found, record]);
  }
  await session.close();
  const again = await (await host.start().journal.join({ id: 'last', ttlMs })).acquire(resources);
  for (const resource of resources) expect(again.epochs[resource]).toBe(lease.epochs[resource]! + 1);
}

/** Runs until the process dies (its promise never settles then) or is done. */
async function runUntilDeath(process: SimulatedProcess, told: Told, hook: { died(): boolean }, tag: string) {
  let done = false;
  const working = work(process, told, tag).then(() => {
    done = true;
  });
  while (!done && !hook.died()) await new Promise(setImmediate);
  if (done) await working;
  return done;
}

const deaths = ['before', 'half-way through'] as const;
const failures = ['before', 'half-way through', 'after'] as const;

describe('an owner that dies at any call to the disk (F21, F22, L6)', { timeout: 60_000 }, async () => {
  const calls = await countCalls();

  test.each(deaths)(
    'loses nothing that was acknowledged, and the next owner goes on: killed %s the call',
    async (how) => {
      for (let allowed = 0; allowed < calls; allowed += 1) {
        const told = nothingTold();
        const host = await hostWithHistory(told);
        const hook = dyingAfter(allowed, how);
        const process = host.start(hook);
        expect(await runUntilDeath(process, told, hook, 'dying')).toBe(false);
        host.kill(process.pid);
        await checkNextOwner(host, told, `${how} call ${allowed}`);
      }
    },
  );

  const losses = [
    ['nothing of what was not synced is kept', () => () => false],
    ['every second part of it is kept', () => alternating(true)],
    ['every other second part of it is kept', () => alternating(false)],
  ] as const;

  test.each(losses)('loses nothing in a power failure either: %s', async (_, keeps) => {
    for (let allowed = 0; allowed <= calls; allowed += 1) {
      for (const how of deaths) {
        const told = nothingTold();
        const host = await hostWithHistory(told);
        const hook = dyingAfter(allowed, how);
        await runUntilDeath(host.start(hook), told, hook, 'dying');
        host.losePower(keeps());
        await checkNextOwner(host, told, `${how} call ${allowed}`);
      }
    }
  });

  test('loses nothing when a second owner dies too, and the power fails after it', async () => {
    for (let allowed = 0; allowed < calls; allowed += 1) {
      const told = nothingTold();
      const host = await hostWithHistory(told);
      const hook = dyingAfter(allowed, 'before');
      const process = host.start(hook);
      await runUntilDeath(process, told, hook, 'dying');
      host.kill(process.pid);
      // What the second one read of the first must be as durable as what it wrote itself.
      const second = nothingTold();
      const heir = host.start();
      for (const id of ['old', 'new'] as const) second.records[id].push(...(await heir.journal.read(id)));
      await work(heir, second, 'heir');
      host.losePower(() => false);
      await checkNextOwner(host, second, `call ${allowed}`);
    }
  });
});

describe('a disk that fails at any call (F22, F35)', { timeout: 60_000 }, async () => {
  const calls = await countCalls();

  test('refuses with a code and leaves a journal to go on from', async () => {
    for (let failing = 0; failing < calls; failing += 1) {
      for (const how of failures) {
        const told = nothingTold();
        const host = await hostWithHistory(told);
        const hook = failingOnce(failing, how);
        const process = host.start(hook);
        const outcome = await work(process, told, 'failing').then(
          () => null,
          (error: unknown) => error,
        );
        if (outcome !== null) expect(isBluegreenError(outcome) && outcome.code).toMatch(/append-failed|storage-failed/);
        if (hook.failedIn() === 'write' || hook.failedIn() === 'sync') await expectNothingPending(host, told);
        host.kill(process.pid);
        await checkNextOwner(host, told, `${how} call ${failing}`);
      }
    }
  });
});

/** A failed write or sync leaves no trace of its batch. */
async function expectNothingPending(host: SimulatedHost, told: Told): Promise<void> {
  const { journal } = host.start();
  for (const id of ['old', 'new'] as const) expect(await journal.read(id)).toEqual(told.records[id]);
}

function failingOnce(failing: number, how: (typeof failures)[number]): DiskHook & { readonly failedIn: () => string } {
  let calls = -1;
  let failedIn = '';
  const hook = (call: DiskCall) => {
    calls += 1;
    if (calls !== failing) return call.run();
    failedIn = call.name;
    if (how === 'half-way through') call.runPartly();
    if (how === 'after') call.run();
    throw failure(['ENOSPC', 'EIO', 'EMFILE'][failing % 3]!, call.path);
  };
  return Object.assign(hook, { failedIn: () => failedIn });
}

function alternating(first: boolean): () => boolean {
  let next = !first;
  return () => {
    next = !next;
    return next;
  };
}
