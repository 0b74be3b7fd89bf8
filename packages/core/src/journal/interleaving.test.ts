import {
  isBluegreenError,
  type Journal,
  type JournalEvent,
  type JournalRecord,
  type Lease,
  releaseResource,
} from '@bluegreen/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DiskHook } from './simulated-disk.fixture.js';
import { SimulatedHost } from './simulated-host.fixture.js';

const release = releaseResource('r1');
const ttlMs = 10_000;

interface Witness {
  readonly records: JournalRecord[];
  readonly epochs: Record<string, number[]>;
}

/** Before call number `call` a process sleeps while the others do about `rounds` calls each. */
interface Sleep {
  readonly call: number;
  readonly rounds: number;
}

const sleeps = fc.array(fc.record({ call: fc.nat(80), rounds: fc.integer({ min: 10, max: 120 }) }), { maxLength: 3 });

/** Every call to the disk waits until the scheduler picks it: any order of the calls of all processes may come. */
function scheduled(scheduler: fc.Scheduler, who: string, asleep: readonly Sleep[] = []): DiskHook {
  let calls = 0;
  return async (call) => {
    calls += 1;
    const rounds = asleep.find((sleep) => sleep.call === calls)?.rounds ?? 0;
    for (let round = 0; round <= rounds; round += 1) {
      await scheduler.schedule(Promise.resolve(), `${who} ${call.name}`);
    }
    return call.run();
  };
}

function event(type: string): JournalEvent {
  return { type, at: 1 };
}

/** `null` when the journal says that somebody else owns the release; every other refusal fails the test. */
async function unlessOwned<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isBluegreenError(error) && (error.code === 'journal/lease-held' || error.code === 'journal/lease-lost')) {
      return null;
    }
    throw error;
  }
}

async function appendSome(who: string, lease: Lease, witness: Witness): Promise<void> {
  const writer = await unlessOwned(lease.writer('r1'));
  for (let batch = 1; writer !== null && batch <= 3; batch += 1) {
    const records = await unlessOwned(writer.append([event(`${who} ${batch}a`), event(`${who} ${batch}b`)]));
    if (records === null) break;
    witness.records.push(...records);
  }
}

async function contend(who: string, journal: Journal, witness: Witness): Promise<number> {
  const session = await journal.join({ id: who, ttlMs });
  let won = 0;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const lease = await unlessOwned(session.acquire([release, 'router'], { router: attempt * 3 }));
    if (lease === null) continue;
    won += 1;
    for (const [resource, epoch] of Object.entries(lease.epochs)) {
      witness.epochs[resource] = [...(witness.epochs[resource] ?? []), epoch];
    }
    await appendSome(who, lease, witness);
    await lease.free();
  }
  await session.close();
  return won;
}

async function readOften(journal: Journal): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    const read = await journal.read('r1');
    expect(read.map((record) => record.seq)).toEqual(read.map((_, index) => index + 1));
  }
}

async function letLeasesExpire(scheduler: fc.Scheduler, host: SimulatedHost, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await scheduler.schedule(Promise.resolve(), 'time passes');
    host.advance(ttlMs + 1);
  }
}

describe('owners whose calls interleave in any order (S36, S38, S58)', { timeout: 60_000 }, () => {
  test('never lose an acknowledged record, reuse an epoch, or make a history that a reader refuses', async () => {
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom('new', 'existing'),
      fc.integer({ min: 0, max: 3 }),
      fc.tuple(sleeps, sleeps, sleeps),
      async (scheduler, kind, expiries, asleep) => {
        const host = new SimulatedHost();
        const witness: Witness = { records: [], epochs: {} };
        if (kind === 'existing') await contend('before', host.start().journal, witness);
        const contenders = ['one', 'two', 'three'].map((who, index) =>
          contend(who, host.start(scheduled(scheduler, who, asleep[index])).journal, witness),
        );
        const reader = readOften(host.start(scheduled(scheduler, 'reader')).journal);
        await scheduler.waitFor(Promise.all([...contenders, reader, letLeasesExpire(scheduler, host, expiries)]));

        const read = await host.start().journal.read('r1');
        expect(read.map((record) => record.seq)).toEqual(read.map((_, index) => index + 1));
        for (const record of witness.records) expect(read[record.seq - 1]).toEqual(record);
        for (const epochs of Object.values(witness.epochs)) expect(new Set(epochs).size).toBe(epochs.length);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test('let exactly one win while it lives (S38)', async () => {
    const property = fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, heldBefore) => {
      const host = new SimulatedHost();
      if (heldBefore) {
        const dead = host.start();
        await (await dead.journal.join({ id: 'dead', ttlMs })).acquire([release, 'router']);
        host.kill(dead.pid);
      }
      const attempts = ['one', 'two', 'three'].map(async (who) => {
        const session = await host.start(scheduled(scheduler, who)).journal.join({ id: who, ttlMs });
        return unlessOwned(session.acquire(['router', release]));
      });
      const leases = await scheduler.waitFor(Promise.all(attempts));
      const won = leases.filter((lease) => lease !== null);
      expect(won).toHaveLength(1);
      await scheduler.waitFor(won[0]!.confirm());
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('keep commands of all senders, each in the order in which it sent them', async () => {
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const host = new SimulatedHost();
      const session = await host.start().journal.join({ id: 'owner', ttlMs });
      const writer = await (await session.acquire([release])).writer('r1');
      await writer.append([event('a')]);
      const senders = ['x', 'y'].map(async (who) => {
        const { journal } = host.start(scheduled(scheduler, who));
        for (const number of [1, 2, 3])
          await journal.send('r1', { id: `${who}${number}`, type: 'pause', at: 9 - number });
      });
      await scheduler.waitFor(Promise.all(senders));
      const waiting = (await writer.commands()).map((command) => command.id);
      expect(waiting.filter((id) => id.startsWith('x'))).toEqual(['x1', 'x2', 'x3']);
      expect(waiting.filter((id) => id.startsWith('y'))).toEqual(['y1', 'y2', 'y3']);
      await session.close();
    });
    await fc.assert(property);
  });
});
