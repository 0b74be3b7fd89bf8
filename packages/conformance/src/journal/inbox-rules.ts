import type { Rule } from '../rule.js';
import { assert } from './assert.js';
import type { JournalBench } from './journal-bench.js';
import { event, ids, owner, rejects, release, soon, writerOf } from './journal-calls.js';

/** Commands for the owner. */
export const inboxRules: readonly Rule<JournalBench>[] = [
  {
    id: 'journal-command-order',
    title: 'keeps commands in order until they are forgotten, over a change of owner',
    why: 'A pause and the resume after it were carried out the other way round.',
    needs: [],
    async check(bench) {
      const session = await owner(bench, 'one');
      const writer = await (await session.acquire([release])).writer('r1');
      await writer.append([event('a')]);
      for (const id of ['c', 'a/..', 'b']) await bench.open().send('r1', { id, type: 'pause', at: 5 });
      assert.deepEqual(await ids(writer), ['c', 'a/..', 'b']);
      await writer.forget(['a/..', 'unknown']);
      await bench.open().send('r1', { id: 'd', type: 'pause', at: 1 });
      await session.close();
      const next = await (await (await owner(bench, 'two')).acquire([release])).writer('r1');
      assert.deepEqual(await ids(next), ['c', 'b', 'd']);
      assert.deepEqual((await next.commands())[0], { id: 'c', type: 'pause', at: 5 });
    },
  },
  {
    id: 'journal-command-once',
    title: 'holds a command once, however often it is sent (F31)',
    why: 'A repeated click approved the next release, too.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      await writer.append([event('a')]);
      const send = (id: string) => bench.open().send('r1', { id, type: 'pause', at: 1 });
      await Promise.all([send('x'), send('y'), send('x'), send('x')]);
      await send('x');
      assert.deepEqual([...(await ids(writer))].sort(), ['x', 'y']);
      await writer.forget(['x']);
      assert.deepEqual(await ids(writer), ['y']);
    },
  },
  {
    id: 'journal-command-refused',
    title: 'refuses commands for a release without a record, and what is no command',
    why: 'A command for a release that does not exist waited for ever, and its sender was told that all is well.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      const command = { id: 'x', type: 'pause', at: 1 };
      await rejects(bench.open().send('r1', command), 'journal/release-unknown');
      await rejects(bench.open().send('nobody', command), 'journal/release-unknown');
      await writer.append([event('a')]);
      await rejects(bench.open().send('r1', { ...command, at: Number.NaN }), 'journal/entry-invalid');
      await rejects(bench.open().send('r1', { type: 'pause', at: 1 } as never), 'journal/entry-invalid');
      assert.deepEqual(await writer.commands(), []);
    },
  },
  {
    id: 'journal-command-watched',
    title: 'calls back when a command arrives, and for one that waits already',
    why: 'A rollback that a person asked for waited for the next poll.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      await writer.append([event('a')]);
      const called = () => new Promise<void>((resolve) => writer.watch(resolve));
      const arriving = called();
      await bench.open().send('r1', { id: 'x', type: 'pause', at: 1 });
      await soon(arriving);
      await soon(called());
      await writer.close();
    },
  },
  {
    id: 'journal-command-watched-early',
    title: 'calls back on a release that was not there when the watch began',
    why: 'A rollback that came in the first second of a release was not noticed.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      const arriving = new Promise<void>((resolve) => writer.watch(resolve));
      await writer.append([event('a')]);
      await bench.open().send('r1', { id: 'x', type: 'pause', at: 1 });
      await soon(arriving);
      await writer.close();
    },
  },
];
