import { type Journal, type Lease, releaseResource } from '@bluegreen/contract';
import { beforeEach, expect, test } from 'vitest';
import { SimulatedHost } from './simulated-host.fixture.js';

const ttlMs = 10_000;

let host: SimulatedHost;

/** A release whose maker died as soon as others could see it, before it made that durable. */
beforeEach(async () => {
  host = new SimulatedHost();
  let seen: () => void = () => undefined;
  const visible = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const maker = host.start((call) => {
    const result = call.run();
    if (call.name !== 'rename' || !call.path.includes('releases')) return result;
    seen();
    return new Promise(() => undefined);
  });
  const writer = await (await take(maker.journal)).writer('r1');
  void writer.append([{ type: 'a', at: 1 }]);
  await visible;
  host.kill(maker.pid);
});

async function take(journal: Journal): Promise<Lease> {
  return (await journal.join({ id: 'owner', ttlMs })).acquire([releaseResource('r1')]);
}

test('what a new owner adds to a release outlives a power failure, however the release came about', async () => {
  const writer = await (await take(host.start().journal)).writer('r1');
  await writer.append([{ type: 'b', at: 2 }]);
  host.losePower(() => false);
  const read = await host.start().journal.read('r1');
  expect(read.map((record) => record.event.type)).toEqual(['a', 'b']);
});

test('a command that was sent to a release outlives a power failure, however the release came about', async () => {
  await host.start().journal.send('r1', { id: 'x', type: 'pause', at: 1 });
  host.losePower(() => false);
  const writer = await (await take(host.start().journal)).writer('r1');
  expect(await writer.commands()).toEqual([{ id: 'x', type: 'pause', at: 1 }]);
});
