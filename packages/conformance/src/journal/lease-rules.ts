import type { JournalSession } from '@bluegreen/contract';
import type { Rule } from '../rule.js';
import { assert } from './assert.js';
import type { JournalBench } from './journal-bench.js';
import { event, owner, rejects, release, ttlMs } from './journal-calls.js';

/** One owner at a time, and nobody comes back. */
export const leaseRules: readonly Rule<JournalBench>[] = [
  {
    id: 'journal-one-owner',
    title: 'lets one owner hold a resource, and names it to the others (S38)',
    why: 'Two orchestrators drove one release.',
    needs: [],
    async check(bench) {
      const one = await owner(bench, 'one');
      const two = await owner(bench, 'two');
      await one.acquire([release, 'router']);
      const error = await rejects(two.acquire(['router']), 'journal/lease-held');
      assert.match(error.message, /router is held by one/);
      await rejects(one.acquire([release]), 'journal/lease-held');
    },
  },
  {
    id: 'journal-contested',
    title: 'gives a contested resource to exactly one (S38)',
    why: 'Both of two owners who asked at the same instant were told that they had it.',
    needs: [],
    async check(bench) {
      const sessions = await Promise.all(['one', 'two', 'three', 'four'].map((id) => owner(bench, id)));
      const settled = await Promise.allSettled(sessions.map((session) => session.acquire(['b', 'a'])));
      const won = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      assert.equal(won.length, 1);
      await won[0]!.confirm();
    },
  },
  {
    id: 'journal-all-or-none',
    title: 'takes all or none',
    why: 'Two releases each held half of what they needed, and waited for each other for ever.',
    needs: [],
    async check(bench) {
      const [one, two, three] = [await owner(bench, 'one'), await owner(bench, 'two'), await owner(bench, 'three')];
      await one.acquire(['m']);
      await rejects(two.acquire(['z', 'm', 'a']), 'journal/lease-held');
      await (await three.acquire(['a', 'z'])).confirm();
    },
  },
  {
    id: 'journal-epochs-grow',
    title: 'counts epochs up for ever: after freeing, after closing, after an expiry, above what a provider has seen',
    why: 'An epoch came twice, so the stamp of an old owner passed for that of the new one.',
    needs: [],
    async check(bench) {
      const epochs: number[] = [];
      const take = async (session: JournalSession, above?: Record<string, number>) => {
        const lease = await session.acquire(['router'], above);
        epochs.push(lease.epochs.router!);
        return lease;
      };
      const one = await owner(bench, 'one');
      await (await take(one)).free();
      await take(one);
      await one.close();
      await take(await owner(bench, 'two'));
      bench.advance(ttlMs + 1);
      const three = await owner(bench, 'three');
      await (await take(three, { router: 40 })).free();
      await (await take(three, { router: 7 })).free();
      await take(three);
      assert.deepEqual(epochs, [1, 2, 3, 41, 42, 43]);
    },
  },
  {
    id: 'journal-epochs-apart',
    title: 'counts each resource for itself',
    why: 'The epoch of one router went up with that of another, and a release was fenced off by itself.',
    needs: [],
    async check(bench) {
      const one = await owner(bench, 'one');
      await (await one.acquire(['a'])).free();
      assert.deepEqual((await one.acquire(['a', 'b'])).epochs, { a: 2, b: 1 });
    },
  },
  {
    id: 'journal-lease-expires',
    title: 'keeps a lease as long as it is renewed, and no longer (S37)',
    why: 'A dead owner held a release for ever; or a living one lost it while it worked.',
    needs: [],
    async check(bench) {
      const [one, two] = [await owner(bench, 'one'), await owner(bench, 'two')];
      const lease = await one.acquire(['router']);
      for (let round = 0; round < 3; round += 1) {
        bench.advance(ttlMs);
        await rejects(two.acquire(['router']), 'journal/lease-held');
        await one.renew();
      }
      await lease.confirm();
      bench.advance(ttlMs + 1);
      await two.acquire(['router']);
      await rejects(lease.confirm(), 'journal/lease-lost');
    },
  },
  {
    id: 'journal-slow-owner',
    title: 'lets a slow owner go on whom nobody followed',
    why: 'An owner whom nobody had followed gave up a release in the middle of a shift.',
    needs: [],
    async check(bench) {
      const one = await owner(bench, 'one');
      const lease = await one.acquire([release]);
      const writer = await lease.writer('r1');
      bench.advance(ttlMs * 5);
      await one.renew();
      await rejects((await owner(bench, 'two')).acquire([release]), 'journal/lease-held');
      await lease.confirm();
      await writer.append([event('a')]);
    },
  },
  {
    id: 'journal-followed-owner',
    title: 'refuses every write of an owner who was followed; the follower goes on without a hole (S36, S52)',
    why: 'An owner that slept through its lease woke up and wrote into the history of its follower.',
    needs: [],
    async check(bench) {
      const one = await owner(bench, 'one');
      const lease = await one.acquire([release]);
      const old = await lease.writer('r1');
      await old.append([event('a')]);
      bench.advance(ttlMs + 1);
      const two = await owner(bench, 'two');
      const next = await (await two.acquire([release])).writer('r1');
      await rejects(old.append([event('late')]), 'journal/lease-lost');
      await next.append([event('b')]);
      await one.renew();
      await rejects(old.append([event('later')]), 'journal/lease-lost');
      await rejects(lease.confirm(), 'journal/lease-lost');
      const found = (await bench.open().read('r1')).map((record) => [record.seq, record.event.type]);
      assert.deepEqual(found, [
        [1, 'a'],
        [2, 'b'],
      ]);
      await lease.free();
      await one.close();
      await next.append([event('c')]);
    },
  },
  {
    id: 'journal-one-writer',
    title: 'opens one writer per lease, for a release that it holds',
    why: 'Two writers of one lease numbered their records each for itself.',
    needs: [],
    async check(bench) {
      const session = await owner(bench, 'one');
      const lease = await session.acquire([release, 'router']);
      await rejects(lease.writer('another'), 'journal/writer-refused');
      const writer = await lease.writer('r1');
      await rejects(lease.writer('r1'), 'journal/writer-refused');
      await writer.append([event('a')]);
      await writer.close();
      await rejects(lease.writer('r1'), 'journal/writer-refused');
      await lease.free();
      await rejects(lease.writer('r1'), 'journal/writer-refused');
      const again = await session.acquire([release]);
      assert.equal((await (await again.writer('r1')).append([event('b')]))[0]!.seq, 2);
    },
  },
];
