import { expect, test } from 'vitest';
import { encodeLine } from './line.js';
import { PausingHook } from './pausing-hook.fixture.js';
import { SimulatedHost } from './simulated-host.fixture.js';
import { processOf, temporaryName } from './temporary-name.js';

const ttlMs = 10_000;

test('who takes a lease removes what killed processes were writing, and what they left of themselves', async () => {
  const host = new SimulatedHost();
  const disk = host.disk.fileSystem();
  const sleeper = new PausingHook();
  const killed = host.start(sleeper.hook);
  const one = await killed.journal.join({ id: 'one', ttlMs });
  const sleep = sleeper.sleepBefore((call) => call.name === 'rename');
  void one.renew().catch(() => undefined);
  await sleep.reached;
  expect([await disk.list('/journal/temporary'), await disk.list('/journal/owners')]).toMatchObject([
    { length: 1 },
    { length: 1 },
  ]);
  host.kill(killed.pid);
  const two = await host.start().journal.join({ id: 'two', ttlMs });
  await two.acquire(['router']);
  expect(await disk.list('/journal/temporary')).toEqual([]);
  expect(await disk.list('/journal/owners')).toHaveLength(1);
});

test('what a process writes that is late, or unknown, is left alone', async () => {
  const host = new SimulatedHost();
  const disk = host.disk.fileSystem();
  const sleeper = new PausingHook();
  const one = await host.start(sleeper.hook).journal.join({ id: 'one', ttlMs });
  const sleep = sleeper.sleepBefore((call) => call.name === 'rename');
  const renewing = one.renew();
  await sleep.reached;
  await (await disk.create('/journal/temporary/of-nobody')).write(Buffer.from(encodeLine({})));
  host.advance(ttlMs * 100);
  await (await host.start().journal.join({ id: 'two', ttlMs })).acquire(['router']);
  expect(await disk.list('/journal/temporary')).toHaveLength(2);
  expect(await disk.list('/journal/owners')).toHaveLength(2);
  sleep.wake();
  await renewing;
});

test('a presence that a lease names stays, because it tells since when nobody watched', async () => {
  const host = new SimulatedHost();
  const killed = host.start();
  const one = await killed.journal.join({ id: 'one', ttlMs });
  await one.acquire(['release']);
  host.advance(3_000);
  await one.renew();
  const renewedAt = host.wallMs;
  host.kill(killed.pid);
  const two = await host.start().journal.join({ id: 'two', ttlMs });
  await two.acquire(['router']);
  expect((await two.acquire(['release'])).lastHeldAt).toEqual({ release: renewedAt });
});

test('names of temporary files say whose they are', () => {
  const process = { pid: 7, startTime: '70', bootId: 'b-1', pidNamespace: 'pid:[4]', timeNamespace: null };
  expect(processOf(temporaryName(process, 'u'))).toEqual(process);
  const unknown = { pid: 7, startTime: null, bootId: null, pidNamespace: null, timeNamespace: null };
  expect(processOf(temporaryName(unknown, 'u'))).toEqual(unknown);
  for (const name of ['', 'x', 'a.b.c.d.e', '3f1c2a44-0000-4000-8000-000000000000']) expect(processOf(name)).toBeNull();
});
