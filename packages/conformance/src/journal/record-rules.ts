import { type JournalEvent, releaseResource } from '@bluegreen/contract';
import type { Rule } from '../rule.js';
import { assert } from './assert.js';
import type { JournalBench } from './journal-bench.js';
import { event, owner, rejects, release, writerOf } from './journal-calls.js';

/** What is recorded is there, once, in order, unchanged. */
export const recordRules: readonly Rule<JournalBench>[] = [
  {
    id: 'journal-begins-empty',
    title: 'knows nothing at first',
    why: 'A release was taken for an old one, because an empty store listed something.',
    needs: [],
    async check(bench) {
      assert.deepEqual(await bench.open().releases(), []);
      assert.deepEqual(await bench.open().read('r1'), []);
    },
  },
  {
    id: 'journal-numbers',
    title: 'numbers records 1, 2, 3 without holes, over batches and owners (S42)',
    why: 'A hole in the numbers looked like a lost record, and nobody dared to resume.',
    needs: [],
    async check(bench) {
      const first = await owner(bench, 'one');
      const lease = await first.acquire([release]);
      const writer = await lease.writer('r1');
      await writer.append([event('a'), event('b')]);
      await writer.append([event('c')]);
      await first.close();
      const second = await owner(bench, 'two');
      await (await (await second.acquire([release])).writer('r1')).append([event('d')]);
      const found = (await bench.open().read('r1')).map((record) => [record.seq, record.epoch, record.event.type]);
      const [before, after] = [lease.epochs[release], lease.epochs[release]! + 1];
      assert.deepEqual(found, [
        [1, before, 'a'],
        [2, before, 'b'],
        [3, before, 'c'],
        [4, after, 'd'],
      ]);
    },
  },
  {
    id: 'journal-gives-back',
    title: 'gives back exactly what it was given, to the writer and to every reader',
    why: 'A value that came back changed made the replay decide otherwise than the release had.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      const rich = { ...event('a'), nested: { list: [1, -0.5, 'é\u2028\n\ud800', null, true], none: undefined } };
      const appended = await writer.append([rich]);
      const read = await bench.open().read('r1');
      assert.deepEqual(read, appended);
      assert.deepEqual(read[0]!.event, JSON.parse(JSON.stringify(rich)));
    },
  },
  {
    id: 'journal-reads-from',
    title: 'reads from a given record on',
    why: 'A follower that asked for what is new got everything again, and told it twice.',
    needs: [],
    async check(bench) {
      await (await writerOf(bench)).append(['a', 'b', 'c', 'd'].map(event));
      const types = async (fromSeq: number) =>
        (await bench.open().read('r1', fromSeq)).map((record) => record.event.type).join('');
      assert.equal(await types(1), 'abcd');
      assert.equal(await types(3), 'cd');
      assert.equal(await types(5), '');
    },
  },
  {
    id: 'journal-append-order',
    title: 'records overlapping appends in the order of the calls',
    why: 'Two appends that overlapped were recorded the other way round, and the replay was stuck.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      const types = Array.from({ length: 20 }, (_, index) => `e${index}`);
      const appended = await Promise.all(types.map((type) => writer.append([event(type)])));
      assert.deepEqual(
        appended.flat().map((record) => record.seq),
        types.map((_, index) => index + 1),
      );
      const read = await bench.open().read('r1');
      assert.deepEqual(read, appended.flat());
      assert.deepEqual(
        read.map((record) => record.event.type),
        types,
      );
    },
  },
  {
    id: 'journal-history-frozen',
    title: 'lets nobody change history through an object that went in or came out',
    why: 'A listener changed an event that it was handed, and the report showed the change.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      const given = { ...event('a'), list: [1] };
      const [appended] = await writer.append([given]);
      given.list.push(2);
      for (const record of [appended!, ...(await bench.open().read('r1'))]) {
        const { list } = record.event as JournalEvent & { list: number[] };
        assert.throws(() => list.push(3), TypeError);
      }
      assert.deepEqual((await bench.open().read('r1'))[0]!.event, { ...event('a'), list: [1] });
    },
  },
  {
    id: 'journal-plain-json',
    title: 'refuses what JSON would change without a word, and records nothing of that batch',
    why: '`NaN` became `null` in silence; after a restart a deadline was gone.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      for (const bad of [Number.NaN, new Date(0), () => 1, 1n, Symbol('s'), [undefined], new Map()]) {
        await rejects(
          writer.append([event('good'), { ...event('bad'), bad } as JournalEvent]),
          'journal/entry-invalid',
        );
      }
      await rejects(writer.append([{ type: 'no instant' } as unknown as JournalEvent]), 'journal/entry-invalid');
      assert.deepEqual(await bench.open().read('r1'), []);
      assert.equal((await writer.append([event('next')]))[0]!.seq, 1);
    },
  },
  {
    id: 'journal-empty-batch',
    title: 'takes an empty batch and records nothing',
    why: 'A release without a single event was listed, and could not be opened.',
    needs: [],
    async check(bench) {
      const writer = await writerOf(bench);
      assert.deepEqual(await writer.append([]), []);
      assert.deepEqual(await bench.open().releases(), []);
    },
  },
  {
    id: 'journal-lists-releases',
    title: 'lists releases oldest first, from their first record on, whatever they are called',
    why: 'A release id with a slash in it was written into another release’s directory.',
    needs: [],
    async check(bench) {
      const ids = [
        'zeta',
        'alpha',
        '',
        '..',
        'a/b',
        '../../etc/passwd',
        'A',
        'a',
        '%41',
        'ü',
        'x'.repeat(400),
        '\ud800',
      ];
      const session = await owner(bench, 'one');
      const writers = [];
      for (const id of [...ids].reverse()) {
        writers.unshift(await (await session.acquire([releaseResource(id)])).writer(id));
      }
      assert.deepEqual(await bench.open().releases(), []);
      for (const [index, writer] of writers.entries()) await writer.append([event(`first of ${index}`)]);
      assert.deepEqual(await bench.open().releases(), ids);
      for (const [index, id] of ids.entries()) {
        assert.deepEqual(
          (await bench.open().read(id)).map((record) => record.event.type),
          [`first of ${index}`],
        );
      }
    },
  },
];
