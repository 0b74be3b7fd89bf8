import { strict as assert } from 'node:assert';
import {
  isBluegreenError,
  type Journal,
  type JournalEvent,
  type JournalSession,
  releaseResource,
} from '@bluegreen/contract';

/** One store under test. */
export interface JournalBench {
  /** The store as one more process sees it. */
  open(): Journal;
  /** What `lastHeldAt` is counted in. */
  now(): number;
  /** Lets leases grow old. */
  advance(durationMs: number): void;
}

/** The test functions of any runner. */
export interface SuiteRunner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>): void;
}

const ttlMs = 10_000;
const release = releaseResource('r1');

/** What every journal must do. `makeBench` makes an empty store for each test. */
export function journalSuite(runner: SuiteRunner, makeBench: () => Promise<JournalBench>): void {
  const parts: Readonly<Record<string, readonly SuiteCase[]>> = { records, leases, absence, inbox, endings };
  for (const [name, cases] of Object.entries(parts)) {
    runner.describe(name, () => {
      for (const [rule, body] of cases) runner.test(rule, async () => closingSessions(await makeBench(), body));
    });
  }
}

/** Closes what a test joined: writers keep files open. */
async function closingSessions(bench: JournalBench, body: SuiteCase[1]): Promise<void> {
  const sessions: JournalSession[] = [];
  const open = () => {
    const journal = bench.open();
    const join: Journal['join'] = async (who) => {
      const session = await journal.join(who);
      sessions.push(session);
      return session;
    };
    return { ...journal, join };
  };
  try {
    await body({ ...bench, open });
  } finally {
    for (const session of sessions) await session.close();
  }
}

type SuiteCase = readonly [rule: string, body: (bench: JournalBench) => Promise<void>];

const records: readonly SuiteCase[] = [
  [
    'knows nothing at first',
    async (bench) => {
      assert.deepEqual(await bench.open().releases(), []);
      assert.deepEqual(await bench.open().read('r1'), []);
    },
  ],
  [
    'numbers records 1, 2, 3 without holes, over batches and owners (S42)',
    async (bench) => {
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
  ],
  [
    'gives back exactly what it was given, to the writer and to every reader',
    async (bench) => {
      const writer = await writerOf(bench);
      const rich = { ...event('a'), nested: { list: [1, -0.5, 'é\u2028\n\ud800', null, true], none: undefined } };
      const appended = await writer.append([rich]);
      const read = await bench.open().read('r1');
      assert.deepEqual(read, appended);
      assert.deepEqual(read[0]!.event, JSON.parse(JSON.stringify(rich)));
    },
  ],
  [
    'reads from a given record on',
    async (bench) => {
      await (await writerOf(bench)).append(['a', 'b', 'c', 'd'].map(event));
      const types = async (fromSeq: number) =>
        (await bench.open().read('r1', fromSeq)).map((record) => record.event.type).join('');
      assert.equal(await types(1), 'abcd');
      assert.equal(await types(3), 'cd');
      assert.equal(await types(5), '');
    },
  ],
  [
    'records overlapping appends in the order of the calls',
    async (bench) => {
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
  ],
  [
    'lets nobody change history through an object that went in or came out',
    async (bench) => {
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
  ],
  [
    'refuses what JSON would change without a word, and records nothing of that batch',
    async (bench) => {
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
  ],
  [
    'takes an empty batch and records nothing',
    async (bench) => {
      const writer = await writerOf(bench);
      assert.deepEqual(await writer.append([]), []);
      assert.deepEqual(await bench.open().releases(), []);
    },
  ],
  [
    'lists releases oldest first, from their first record on, whatever they are called',
    async (bench) => {
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
  ],
];

const leases: readonly SuiteCase[] = [
  [
    'lets one owner hold a resource, and names it to the others (S38)',
    async (bench) => {
      const one = await owner(bench, 'one');
      const two = await owner(bench, 'two');
      await one.acquire([release, 'router']);
      const error = await rejects(two.acquire(['router']), 'journal/lease-held');
      assert.match(error.message, /router is held by one/);
      await rejects(one.acquire([release]), 'journal/lease-held');
    },
  ],
  [
    'gives a contested resource to exactly one (S38)',
    async (bench) => {
      const sessions = await Promise.all(['one', 'two', 'three', 'four'].map((id) => owner(bench, id)));
      const settled = await Promise.allSettled(sessions.map((session) => session.acquire(['b', 'a'])));
      const won = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      assert.equal(won.length, 1);
      await won[0]!.confirm();
    },
  ],
  [
    'takes all or none',
    async (bench) => {
      const [one, two, three] = [await owner(bench, 'one'), await owner(bench, 'two'), await owner(bench, 'three')];
      await one.acquire(['m']);
      await rejects(two.acquire(['z', 'm', 'a']), 'journal/lease-held');
      await (await three.acquire(['a', 'z'])).confirm();
    },
  ],
  [
    'counts epochs up for ever: after freeing, after closing, after an expiry, above what a provider has seen',
    async (bench) => {
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
  ],
  [
    'counts each resource for itself',
    async (bench) => {
      const one = await owner(bench, 'one');
      await (await one.acquire(['a'])).free();
      assert.deepEqual((await one.acquire(['a', 'b'])).epochs, { a: 2, b: 1 });
    },
  ],
  [
    'keeps a lease as long as it is renewed, and no longer (S37)',
    async (bench) => {
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
  ],
  [
    'lets a slow owner go on whom nobody followed',
    async (bench) => {
      const one = await owner(bench, 'one');
      const lease = await one.acquire([release]);
      const writer = await lease.writer('r1');
      bench.advance(ttlMs * 5);
      await one.renew();
      await rejects((await owner(bench, 'two')).acquire([release]), 'journal/lease-held');
      await lease.confirm();
      await writer.append([event('a')]);
    },
  ],
  [
    'refuses every write of an owner who was followed; the follower goes on without a hole (S36, S52)',
    async (bench) => {
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
  ],
  [
    'opens one writer per lease, for a release that it holds',
    async (bench) => {
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
  ],
];

const absence: readonly SuiteCase[] = [
  [
    'tells when a resource was last held: never, until it was freed, until the last renewal (S59)',
    async (bench) => {
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
  ],
  [
    'does not take the use of a router for watching the release (S59)',
    async (bench) => {
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
  ],
  [
    'does not count an owner who took a release and recorded nothing, whether it left or died (S59)',
    async (bench) => {
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
  ],
  [
    'does not count an owner who could not get all that it wanted (S59)',
    async (bench) => {
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
  ],
];

const inbox: readonly SuiteCase[] = [
  [
    'keeps commands in order until they are forgotten, over a change of owner',
    async (bench) => {
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
  ],
  [
    'holds a command once, however often it is sent (F31)',
    async (bench) => {
      const writer = await writerOf(bench);
      await writer.append([event('a')]);
      const send = (id: string) => bench.open().send('r1', { id, type: 'pause', at: 1 });
      await Promise.all([send('x'), send('y'), send('x'), send('x')]);
      await send('x');
      assert.deepEqual([...(await ids(writer))].sort(), ['x', 'y']);
      await writer.forget(['x']);
      assert.deepEqual(await ids(writer), ['y']);
    },
  ],
  [
    'refuses commands for a release without a record, and what is no command',
    async (bench) => {
      const writer = await writerOf(bench);
      const command = { id: 'x', type: 'pause', at: 1 };
      await rejects(bench.open().send('r1', command), 'journal/release-unknown');
      await rejects(bench.open().send('nobody', command), 'journal/release-unknown');
      await writer.append([event('a')]);
      await rejects(bench.open().send('r1', { ...command, at: Number.NaN }), 'journal/entry-invalid');
      await rejects(bench.open().send('r1', { type: 'pause', at: 1 } as never), 'journal/entry-invalid');
      assert.deepEqual(await writer.commands(), []);
    },
  ],
  [
    'calls back when a command arrives, and for one that waits already',
    async (bench) => {
      const writer = await writerOf(bench);
      await writer.append([event('a')]);
      const called = () => new Promise<void>((resolve) => writer.watch(resolve));
      const arriving = called();
      await bench.open().send('r1', { id: 'x', type: 'pause', at: 1 });
      await arriving;
      await called();
      await writer.close();
    },
  ],
  [
    'calls back on a release that was not there when the watch began',
    async (bench) => {
      const writer = await writerOf(bench);
      const arriving = new Promise<void>((resolve) => writer.watch(resolve));
      await writer.append([event('a')]);
      await bench.open().send('r1', { id: 'x', type: 'pause', at: 1 });
      await arriving;
      await writer.close();
    },
  ],
];

const endings: readonly SuiteCase[] = [
  [
    'finishes what was appended before it closes, and takes nothing after',
    async (bench) => {
      const session = await owner(bench, 'one');
      const lease = await session.acquire([release]);
      const writer = await lease.writer('r1');
      const pending = ['a', 'b', 'c'].map((type) => writer.append([event(type)]));
      await lease.free();
      await Promise.all(pending);
      await rejects(writer.append([event('d')]), 'journal/closed');
      assert.equal((await bench.open().read('r1')).length, 3);
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

function event(type: string): JournalEvent {
  return { type, at: 1 };
}

function owner(bench: JournalBench, id: string): Promise<JournalSession> {
  return bench.open().join({ id, ttlMs });
}

async function writerOf(bench: JournalBench) {
  return (await (await owner(bench, 'one')).acquire([release])).writer('r1');
}

async function ids(writer: { commands(): Promise<readonly { readonly id: string }[]> }): Promise<readonly string[]> {
  return (await writer.commands()).map((command) => command.id);
}

async function rejects(promise: Promise<unknown>, code: string): Promise<Error> {
  const error = await promise.then(
    () => assert.fail(`should have been refused with ${code}`),
    (reason: unknown) => reason,
  );
  assert.ok(isBluegreenError(error), String(error));
  assert.equal(error.code, code);
  return error;
}
