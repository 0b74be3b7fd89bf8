import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isBluegreenError, type JournalSession, type Lease, releaseResource } from '@bluegreen/contract';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundleChild, Child } from './child-process.fixture.js';
import { fileJournal } from './file-journal.js';
import { parseProcessStat } from './host.js';
import type { ChildMessage } from './journal-child.fixture.js';

let root = '';
let script = '';
let stores = 0;
const children: Child[] = [];
const sessions: JournalSession[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bluegreen-processes-'));
  script = await bundleChild(root);
});

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.closed;
  }
});

afterAll(() => rm(root, { recursive: true }));

function newStore(): string {
  stores += 1;
  return join(root, `store-${stores}`);
}

function start(mode: string, store: string): Child {
  const child = new Child(script, mode, store);
  children.push(child);
  return child;
}

/** Asks for the release until its owner is found dead. */
async function takeOver(store: string): Promise<Lease> {
  const session = await fileJournal(store).join({ id: 'parent', ttlMs: 60_000 });
  sessions.push(session);
  for (;;) {
    try {
      return await session.acquire([releaseResource('r1')]);
    } catch (error) {
      if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
      await delay(10);
    }
  }
}

function recorded(messages: readonly ChildMessage[]) {
  return messages.flatMap((message) => (message.kind === 'recorded' ? [message] : []));
}

function refused(messages: readonly ChildMessage[]) {
  return messages.flatMap((message) => (message.kind === 'refused' ? [`${message.by}: ${message.code}`] : []));
}

async function stopped(pid: number): Promise<void> {
  while (parseProcessStat(await readFile(`/proc/${pid}/stat`, 'utf8')).state !== 'T') await delay(5);
}

/** Lets a stopped child go on, and checks that it noticed and that nothing acknowledged is lost. */
async function wakeAndCheck(child: Child, store: string, lease: Lease): Promise<void> {
  const writer = await lease.writer('r1');
  const [mine] = await writer.append([{ type: 'parent 1', at: 1 }]);
  child.signal('SIGCONT');
  await child.closed;
  expect(refused(child.messages)).toEqual(['append: journal/lease-lost', 'confirm: journal/lease-lost']);
  await writer.append([{ type: 'parent 2', at: 2 }]);
  const read = await fileJournal(store).read('r1');
  expect(read.map((record) => record.seq)).toEqual(read.map((_, index) => index + 1));
  for (const { seq, type } of recorded(child.messages)) expect(read[seq - 1]!.event.type).toBe(type);
  expect(read.slice(mine!.seq - 1).map((record) => record.event.type)).toEqual(['parent 1', 'parent 2']);
}

describe.runIf(process.platform === 'linux')('real processes', { timeout: 60_000 }, () => {
  test('an owner that is stopped past its lease and woken stops writing; nothing is lost (S36, S37, F24)', async () => {
    const store = newStore();
    const child = start('short-lived', store);
    await child.told(5);
    child.signal('SIGSTOP');
    await wakeAndCheck(child, store, await takeOver(store));
  });

  test('a write that an owner was stopped in the middle of counts for nobody (S36, S58)', async () => {
    const store = newStore();
    const child = start('stops-in-write', store);
    await stopped(child.pid);
    await child.told(4);
    const lease = await takeOver(store);
    const late = () => readFile(join(store, 'releases/r1/000001.jsonl'), 'utf8');
    expect(await late()).not.toContain('child 5');
    await wakeAndCheck(child, store, lease);
    // It did land, in a segment whose end was decided before.
    expect(await late()).toContain('child 5');
  });

  test('the lease of an owner that was killed is free at once, long before it expires (F21, F23)', async () => {
    const store = newStore();
    const child = start('long-lived', store);
    await child.told(5);
    child.signal('SIGKILL');
    await child.closed;
    const lease = await takeOver(store);
    expect(Date.now() - lease.lastHeldAt[releaseResource('r1')]!).toBeLessThan(60_000);
    await (await lease.writer('r1')).append([{ type: 'parent', at: 1 }]);
    const read = await fileJournal(store).read('r1');
    for (const { seq, type } of recorded(child.messages)) expect(read[seq - 1]!.event.type).toBe(type);
    expect(read.at(-1)!.event.type).toBe('parent');
  });

  test('a journal that is read while somebody appends is a prefix each time, and no read harms it (S58)', async () => {
    const store = newStore();
    const child = start('long-lived', store);
    await child.told(1);
    let length = 0;
    for (let open = 0; open < 200; open += 1) {
      const known = recorded(child.messages).at(-1)!.seq;
      const read = await fileJournal(store).read('r1');
      expect(read.map((record) => record.event.type)).toEqual(read.map((_, index) => `child ${index + 1}`));
      expect(read.length).toBeGreaterThanOrEqual(Math.max(length, known));
      length = read.length;
    }
    child.signal('SIGKILL');
    await child.closed;
    const all = recorded(child.messages);
    expect((await fileJournal(store).read('r1')).length).toBeGreaterThanOrEqual(all.length);
  });

  test('three contenders never meet inside (S36)', async () => {
    const store = newStore();
    const contenders = [1, 2, 3].map(() => start('contender', store));
    await Promise.all(contenders.map((child) => child.closed));
    const told = contenders.flatMap((child) => child.messages);
    expect(told).toEqual([1, 2, 3].map(() => ({ kind: 'sections', won: 25, overlaps: 0 })));
  });
});
