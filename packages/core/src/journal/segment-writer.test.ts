import { type Journal, type JournalEvent, type JournalWriter, releaseResource } from '@bluegreen/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { PausingHook } from './pausing-hook.fixture.js';
import { type DiskCall, type DiskHook, failure } from './simulated-disk.fixture.js';
import { SimulatedHost } from './simulated-host.fixture.js';

const resource = releaseResource('r1');
const ttlMs = 10_000;

let host: SimulatedHost;
let refuse: (call: DiskCall) => string | null;
let calls: string[];

/** Fails the calls for which `refuse` names an error, after a part of their work. */
const faulty: DiskHook = (call) => {
  calls.push(call.name);
  const code = refuse(call);
  if (code === null) return call.run();
  call.runPartly();
  throw failure(code, call.path);
};

beforeEach(() => {
  host = new SimulatedHost();
  refuse = () => null;
  calls = [];
});

function event(type: string): JournalEvent {
  return { type, at: 1 };
}

async function open(journal: Journal, owner = 'one'): Promise<JournalWriter> {
  return (await (await journal.join({ id: owner, ttlMs })).acquire([resource])).writer('r1');
}

async function history(): Promise<readonly string[]> {
  return (await host.start().journal.read('r1')).map(({ seq, event: { type } }) => `${seq} ${type}`);
}

async function openAfter(hook: DiskHook, ...types: string[]): Promise<{ writer: JournalWriter; pid: number }> {
  const process = host.start(hook);
  const writer = await open(process.journal);
  await writer.append(types.map(event));
  return { writer, pid: process.pid };
}

describe('a writer whose disk refuses (F22, F35)', () => {
  test.each([
    ['write', 'ENOSPC'],
    ['sync', 'EIO'],
  ])('shows nothing of a record whose %s failed, and takes no more: %s', async (name, code) => {
    const { writer, pid } = await openAfter(faulty, 'a');
    refuse = (call) => (call.name === name ? code : null);
    await expect(writer.append([event('b'), event('c')])).rejects.toMatchObject({
      code: 'journal/append-failed',
      reaction: 'permanent',
      message: expect.stringContaining(code),
    });
    expect(await history()).toEqual(['1 a']);
    refuse = () => null;
    await expect(writer.append([event('d')])).rejects.toThrow(/append-failed/);
    expect(await history()).toEqual(['1 a']);
    host.kill(pid);
    await (await open(host.start().journal, 'two')).append([event('e')]);
    expect(await history()).toEqual(['1 a', '2 e']);
  });

  test('refuses the records that waited behind the one that failed', async () => {
    const { writer } = await openAfter(faulty, 'a');
    refuse = (call) => {
      if (call.name !== 'write') return null;
      refuse = () => null;
      return 'ENOSPC';
    };
    const settled = await Promise.allSettled(['b', 'c', 'd'].map((type) => writer.append([event(type)])));
    expect(settled.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await history()).toEqual(['1 a']);
  });

  test('goes on where the disk takes a line in several pieces', async () => {
    const { writer } = await openAfter((call) => (call.name === 'write' ? call.runPartly() : call.run()), 'a');
    await writer.append([event('b')]);
    expect(await history()).toEqual(['1 a', '2 b']);
  });

  test('gives up where the disk takes nothing without saying why', async () => {
    let stuck = false;
    const { writer } = await openAfter((call) => (stuck && call.name === 'write' ? 0 : call.run()), 'a');
    stuck = true;
    await expect(writer.append([event('b')])).rejects.toThrow(/append-failed.*took no byte/);
  });

  test('does not take back a record that its follower has counted', async () => {
    const sleeper = new PausingHook();
    let failNext = false;
    const { writer } = await openAfter(async (call) => {
      const [result, failing] = [await sleeper.hook(call), call.name === 'sync' && failNext];
      if (failing) throw failure('EIO', call.path);
      return result;
    }, 'a');
    failNext = true;
    const sleep = sleeper.sleepBefore((call) => call.name === 'sync');
    const failing = expect(writer.append([event('b')])).rejects.toThrow(/append-failed/);
    await sleep.reached;
    host.advance(ttlMs + 1);
    const next = await open(host.start().journal, 'two');
    sleep.wake();
    await failing;
    await next.append([event('c')]);
    expect(await history()).toEqual(['1 a', '2 b', '3 c']);
  });

  test('refuses a record when it cannot find out whether it still holds the lease', async () => {
    const { writer } = await openAfter(faulty, 'a');
    refuse = (call) => (call.name === 'list' ? 'EMFILE' : null);
    await expect(writer.append([event('b')])).rejects.toThrow(/append-failed.*EMFILE/);
    refuse = () => null;
    await expect(writer.append([event('c')])).rejects.toThrow(/append-failed/);
    expect(await history()).toEqual(['1 a']);
  });
});

describe('a writer with much to do', () => {
  test('stores appends that wait together with one sync, in the order of the calls', async () => {
    const { writer } = await openAfter(faulty, 'a');
    calls = [];
    const types = Array.from({ length: 50 }, (_, index) => `e${index}`);
    await Promise.all(types.map((type) => writer.append([event(type)])));
    expect(calls.filter((name) => name === 'sync')).toHaveLength(2);
    expect(await history()).toEqual(['1 a', ...types.map((type, index) => `${index + 2} ${type}`)]);
  });
});
