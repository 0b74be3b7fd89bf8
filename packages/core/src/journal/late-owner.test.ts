import { type Journal, type JournalEvent, type Lease, releaseResource } from '@bluegreen/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { PausingHook } from './pausing-hook.fixture.js';
import { SimulatedHost } from './simulated-host.fixture.js';

const release = releaseResource('r1');
const ttlMs = 10_000;

let host: SimulatedHost;
let sleeper: PausingHook;

beforeEach(() => {
  host = new SimulatedHost();
  sleeper = new PausingHook();
});

function event(type: string): JournalEvent {
  return { type, at: 1 };
}

async function take(journal: Journal, owner: string, resources = [release]): Promise<Lease> {
  return (await journal.join({ id: owner, ttlMs })).acquire(resources);
}

async function history(): Promise<readonly string[]> {
  return (await host.start().journal.read('r1')).map(({ seq, event: { type } }) => `${seq} ${type}`);
}

/** What lies in a directory of the journal. */
function namesIn(path: string): Promise<readonly string[]> {
  return host.disk.fileSystem().list(`/journal/${path}`);
}

async function segmentText(name: string): Promise<string> {
  return Buffer.from(await host.disk.fileSystem().read(`/journal/releases/r1/${name}`)).toString();
}

describe('an owner that falls asleep and is followed meanwhile (S36, S37, S51, F24)', () => {
  test('writes nothing more when it wakes before a write', async () => {
    const old = await (await take(host.start().journal, 'old')).writer('r1');
    await old.append([event('a')]);
    host.advance(ttlMs + 1);
    await (await take(host.start().journal, 'new')).writer('r1');
    const before = await segmentText('000001.jsonl');
    await expect(old.append([event('late')])).rejects.toThrow(/lease-lost/);
    expect(await segmentText('000001.jsonl')).toBe(before);
  });

  test('is refused when it wakes inside a write, which then counts for nobody', async () => {
    const old = await (await take(host.start(sleeper.hook).journal, 'old')).writer('r1');
    await old.append([event('a')]);
    const sleep = sleeper.sleepBefore((call) => call.name === 'write');
    const late = expect(old.append([event('late')])).rejects.toThrow(/lease-lost/);
    await sleep.reached;
    host.advance(ttlMs + 1);
    const next = await (await take(host.start().journal, 'new')).writer('r1');
    await next.append([event('b')]);
    sleep.wake();
    await late;
    expect(await segmentText('000001.jsonl')).toContain('late');
    expect(await history()).toEqual(['1 a', '2 b']);
    await next.append([event('c')]);
    expect(await history()).toEqual(['1 a', '2 b', '3 c']);
  });

  test('is refused when it wakes while it makes a new release, which is the follower’s', async () => {
    const old = await (await take(host.start(sleeper.hook).journal, 'old')).writer('r1');
    const sleep = sleeper.sleepBefore((call) => call.name === 'rename' && call.path.includes('releases'));
    const late = expect(old.append([event('late')])).rejects.toThrow(/lease-lost/);
    await sleep.reached;
    host.advance(ttlMs + 1);
    const next = await (await take(host.start().journal, 'new')).writer('r1');
    await next.append([event('a')]);
    sleep.wake();
    await late;
    expect(await history()).toEqual(['1 a']);
  });

  test('makes a new release that the follower had found missing; the follower begins it all the same', async () => {
    const old = await (await take(host.start(sleeper.hook).journal, 'old')).writer('r1');
    const sleep = sleeper.sleepBefore((call) => call.name === 'rename' && call.path.includes('releases'));
    const late = expect(old.append([event('late')])).rejects.toThrow(/lease-lost/);
    await sleep.reached;
    host.advance(ttlMs + 1);
    const next = await (await take(host.start().journal, 'new')).writer('r1');
    sleep.wake();
    await late;
    await next.append([event('a')]);
    expect(await history()).toEqual(['1 a']);
  });

  test('opens its writer too late; the segment of its follower continues what the follower had read', async () => {
    const first = await (await take(host.start(sleeper.hook).journal, 'first')).writer('r1');
    await first.append([event('a')]);
    const lateWrite = sleeper.sleepBefore((call) => call.name === 'write');
    const late = expect(first.append([event('b')])).rejects.toThrow(/lease-lost/);
    await lateWrite.reached;
    host.advance(ttlMs + 1);
    const secondSleeper = new PausingHook();
    const second = await take(host.start(secondSleeper.hook).journal, 'second');
    const lateLink = secondSleeper.sleepBefore((call) => call.name === 'link');
    const opening = expect(second.writer('r1')).rejects.toThrow(/lease-lost/);
    await lateLink.reached;
    // The second owner has read one record; now there are two, which the third one counts.
    lateWrite.wake();
    await late;
    host.advance(ttlMs + 1);
    const third = await (await take(host.start().journal, 'third')).writer('r1');
    await third.append([event('c')]);
    lateLink.wake();
    await opening;
    expect(await history()).toEqual(['1 a', '2 b', '3 c']);
    host.advance(ttlMs + 1);
    await (await (await take(host.start().journal, 'fourth')).writer('r1')).append([event('d')]);
    expect(await history()).toEqual(['1 a', '2 b', '3 c', '4 d']);
  });

  test('leaves nothing behind when it frees what it lost', async () => {
    const old = await take(host.start().journal, 'old', ['router']);
    host.advance(ttlMs + 1);
    const next = await take(host.start().journal, 'new', ['router']);
    await old.free();
    expect(await namesIn('leases/router')).toEqual(['lease.2']);
    await next.confirm();
  });
});

describe('somebody who falls asleep while taking a lease (S36, S38)', () => {
  test('withdraws when others took it, freed it, took it and cleaned up meanwhile', async () => {
    await (await take(host.start().journal, 'first', ['router'])).free();
    const session = await host.start(sleeper.hook).journal.join({ id: 'late', ttlMs });
    const sleep = sleeper.sleepBefore((call) => call.name === 'link');
    const late = expect(session.acquire(['router'])).rejects.toThrow(/lease-held.*holder/);
    await sleep.reached;
    await (await take(host.start().journal, 'second', ['router'])).free();
    const holder = await take(host.start().journal, 'holder', ['router']);
    expect(await namesIn('leases/router')).toEqual(['lease.3']);
    sleep.wake();
    await late;
    await holder.confirm();
    expect(await namesIn('leases/router')).toEqual(['lease.3']);
  });

  test('never gets above a living holder, not for a moment, whatever a provider has seen', async () => {
    await (await take(host.start().journal, 'first', ['router'])).free();
    let check: (() => Promise<void>) | null = null;
    const process = host.start(async (call) => {
      const result = await sleeper.hook(call);
      await check?.();
      return result;
    });
    const session = await process.journal.join({ id: 'late', ttlMs });
    const sleep = sleeper.sleepBefore((call) => call.name === 'link');
    const late = expect(session.acquire(['router'], { router: 20 })).rejects.toThrow(/lease-held.*holder/);
    await sleep.reached;
    const holder = await take(host.start().journal, 'holder', ['router']);
    check = () => holder.confirm();
    sleep.wake();
    await late;
  });

  test('gives up a higher epoch that it linked after it had expired itself', async () => {
    const session = await host.start(sleeper.hook).journal.join({ id: 'late', ttlMs });
    const sleep = sleeper.sleepBefore((call) => call.name === 'link' && call.path.endsWith('lease.21'));
    const late = expect(session.acquire(['router'], { router: 20 })).rejects.toThrow(/lease-held.*holder/);
    await sleep.reached;
    host.advance(ttlMs + 1);
    const holder = await take(host.start().journal, 'holder', ['router']);
    sleep.wake();
    await late;
    await holder.confirm();
    expect(await namesIn('leases/router')).toEqual(['lease.2']);
  });
});

describe('a reader that falls asleep', () => {
  test('does not show what the old owner wrote after somebody had taken over', async () => {
    const oldSleeper = new PausingHook();
    const old = await (await take(host.start(oldSleeper.hook).journal, 'old')).writer('r1');
    await old.append([event('a')]);
    const lateWrite = oldSleeper.sleepBefore((call) => call.name === 'write');
    const late = expect(old.append([event('late')])).rejects.toThrow(/lease-lost/);
    await lateWrite.reached;
    const sleep = sleeper.sleepBefore((call) => call.name === 'read');
    const reading = host.start(sleeper.hook).journal.read('r1');
    await sleep.reached;
    host.advance(ttlMs + 1);
    await (await take(host.start().journal, 'new')).writer('r1');
    lateWrite.wake();
    await late;
    sleep.wake();
    expect((await reading).map((record) => record.event.type)).toEqual(['a']);
  });
});
