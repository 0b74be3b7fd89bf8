import { strict as assert } from 'node:assert';
import { event, owner, rejects, release, type SuiteCase } from './journal-bench.fixture.js';

/** What closing does. */
export const endingRules: readonly SuiteCase[] = [
  [
    'finishes what was appended before it closes, and takes nothing after',
    async (bench) => {
      const session = await owner(bench, 'one');
      const lease = await session.acquire([release]);
      const writer = await lease.writer('r1');
      const pending = ['a', 'b', 'c'].map((type) => writer.append([event(type)]));
      await lease.free();
      assert.equal((await bench.open().read('r1')).length, 3);
      await Promise.all(pending);
      await rejects(writer.append([event('d')]), 'journal/closed');
    },
  ],
  [
    'frees everything when the session closes, and takes nothing after',
    async (bench) => {
      const session = await owner(bench, 'one');
      const lease = await session.acquire([release, 'router']);
      await session.close();
      await session.close();
      await rejects(lease.confirm(), 'journal/lease-lost');
      await rejects(session.acquire(['router']), 'journal/closed');
      await rejects(session.renew(), 'journal/closed');
      await (await (await owner(bench, 'two')).acquire([release, 'router'])).confirm();
    },
  ],
];
