import type { Rule } from '../rule.js';
import { assert } from './assert.js';
import type { JournalBench } from './journal-bench.js';
import { event, owner, rejects, release, ttlMs } from './journal-calls.js';

/** How long nobody watched. */
export const absenceRules: readonly Rule<JournalBench>[] = [
  {
    id: 'journal-last-held',
    title: 'tells when a resource was last held: never, until it was freed, until the last renewal (S59)',
    why: 'Nobody knew how long a bake had been unwatched, so it was promoted unwatched.',
    needs: [],
    async check(bench) {
      const one = await owner(bench, 'one');
      const lease = await one.acquire(['router']);
      assert.deepEqual(lease.lastHeldAt, { router: null });
      bench.advance(2_000);
      const freedAt = bench.now();
      await lease.free();
      bench.advance(3_000);
      assert.deepEqual((await one.acquire(['router'])).lastHeldAt, { router: freedAt });
      bench.advance(1_000);
      const renewedAt = bench.now();
      await one.renew();
      bench.advance(ttlMs + 1);
      assert.deepEqual((await (await owner(bench, 'two')).acquire(['router'])).lastHeldAt, { router: renewedAt });
    },
  },
  {
    id: 'journal-watching-is-not-using',
    title: 'does not take the use of a router for watching the release (S59)',
    why: 'Another release used the router meanwhile, and that counted as watching this one.',
    needs: [],
    async check(bench) {
      const one = await owner(bench, 'one');
      await (await (await one.acquire([release, 'router'])).writer('r1')).append([event('a')]);
      const diedAt = bench.now();
      bench.advance(ttlMs + 1);
      const two = await owner(bench, 'two');
      const other = await two.acquire(['router']);
      bench.advance(3_600_000);
      const freedAt = bench.now();
      await other.free();
      bench.advance(1);
      const lease = await (await owner(bench, 'three')).acquire([release, 'router']);
      assert.deepEqual(lease.lastHeldAt, { [release]: diedAt, router: freedAt });
    },
  },
  {
    id: 'journal-idle-owner',
    title: 'does not count an owner who took a release and recorded nothing, whether it left or died (S59)',
    why: 'An owner that crashed before its first record hid an hour in which nobody watched.',
    needs: [],
    async check(bench) {
      const one = await owner(bench, 'one');
      await (await (await one.acquire([release])).writer('r1')).append([event('a')]);
      const diedAt = bench.now();
      bench.advance(ttlMs + 1);
      const two = await owner(bench, 'two');
      const left = await two.acquire([release]);
      await left.writer('r1');
      await left.free();
      bench.advance(1_000);
      await (await two.acquire([release])).writer('r1');
      bench.advance(ttlMs + 1);
      const three = await owner(bench, 'three');
      const lease = await three.acquire([release]);
      assert.deepEqual(lease.lastHeldAt, { [release]: diedAt });
      await (await lease.writer('r1')).append([event('b')]);
      const freedAt = bench.now();
      await three.close();
      assert.deepEqual((await (await owner(bench, 'four')).acquire([release])).lastHeldAt, { [release]: freedAt });
    },
  },
  {
    id: 'journal-failed-owner',
    title: 'does not count an owner who could not get all that it wanted (S59)',
    why: 'An owner that never got the lease hid an hour in which nobody watched.',
    needs: [],
    async check(bench) {
      const one = await owner(bench, 'one');
      await (await (await one.acquire([release])).writer('r1')).append([event('a')]);
      const diedAt = bench.now();
      bench.advance(ttlMs + 1);
      const [two, three] = [await owner(bench, 'two'), await owner(bench, 'three')];
      await two.acquire(['router']);
      await rejects(three.acquire([release, 'router']), 'journal/lease-held');
      bench.advance(5);
      assert.deepEqual((await three.acquire([release])).lastHeldAt, { [release]: diedAt });
    },
  },
];
