import type { Rule } from '../rule.js';
import { assert } from './assert.js';
import type { JournalBench } from './journal-bench.js';
import { event, owner, rejects, release } from './journal-calls.js';

/** What closing does. */
export const endingRules: readonly Rule<JournalBench>[] = [
  {
    id: 'journal-close-writer',
    title: 'finishes what was appended before it closes, and takes nothing after',
    why: 'A process that ended in good order lost its last records.',
    needs: [],
    async check(bench) {
      const session = await owner(bench, 'one');
      const lease = await session.acquire([release]);
      const writer = await lease.writer('r1');
      const pending = Promise.all(['a', 'b', 'c'].map((type) => writer.append([event(type)])));
      // A journal that loses them fails below; the loss itself is no second failure.
      pending.catch(() => undefined);
      await lease.free();
      assert.equal((await bench.open().read('r1')).length, 3);
      await pending;
      await rejects(writer.append([event('d')]), 'journal/closed');
    },
  },
  {
    id: 'journal-close-session',
    title: 'frees everything when the session closes, and takes nothing after',
    why: 'A process that ended in good order kept its leases until they expired.',
    needs: [],
    async check(bench) {
      const session = await owner(bench, 'one');
      const lease = await session.acquire([release, 'router']);
      await session.close();
      await session.close();
      await rejects(lease.confirm(), 'journal/lease-lost');
      await rejects(session.acquire(['router']), 'journal/closed');
      await rejects(session.renew(), 'journal/closed');
      await (await (await owner(bench, 'two')).acquire([release, 'router'])).confirm();
    },
  },
];
