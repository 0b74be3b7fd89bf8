import type { Journal } from '@bluegreen/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryJournal } from '../journal/memory-journal.js';
import { MemoryService } from '../releaser.fixture.js';
import { createReleaser, type Releaser } from '../releaser.js';
import type { Notice, NotifySink } from './notice.js';

const policy = {
  verify: { gates: [{ approval: 'go-live', from: ['ann'], expires: '1h', onExpiry: 'rollback' }] },
  shift: [{ to: 100 }],
  retire: { after: 'immediately' },
  limits: { poll: '10ms' },
} as const;
const ann = { by: 'ann', reason: 'because' };
const told = [
  'release-requested',
  'approval-requested',
  'approval-granted',
  'release-promoted',
  'teardown-begun',
  'release-finished',
];

const open: Releaser[] = [];
afterEach(async () => {
  for (const releaser of open.splice(0)) await releaser.close();
});

/** A sink that keeps what it heard, and does `before` first. */
function listening(before: (notice: Notice, count: number) => Promise<void> | void = () => {}) {
  const heard: Notice[] = [];
  let count = 0;
  const sink: NotifySink = {
    async send(notice) {
      await before(notice, ++count);
      heard.push(notice);
    },
  };
  const types = () => heard.map(({ event }) => event.type);
  return { heard, sink, types };
}

function releaserOf(journal: Journal, web: MemoryService, notify: Readonly<Record<string, NotifySink>>): Releaser {
  const releaser = createReleaser({ services: { web: web.service }, journal, notify, leaseTtlMs: 600 });
  open.push(releaser);
  return releaser;
}

const start = (releaser: Releaser) => releaser.start({ id: 'r1', versions: { web: 'v2' }, policy, requestedBy: 'ci' });

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The places of what was heard, and whether they only grow but for one step back at most per `mayRepeat`. */
function stepsBack(heard: readonly Notice[]): number {
  return heard.filter(({ seq }, index) => index > 0 && seq <= heard[index - 1]!.seq).length;
}

describe('the sinks of a releaser', () => {
  it('hear everything that people want to know, in order, and once while nothing fails', async () => {
    const chat = listening();
    const releaser = releaserOf(memoryJournal(), new MemoryService(), { chat: chat.sink });
    const release = await start(releaser);
    await release.until('approval-requested');
    await releaser.approve('r1', 'go-live', ann);
    await release.done;
    await until(() => chat.types().includes('release-finished'));
    expect(chat.types()).toEqual(told);
    expect(stepsBack(chat.heard)).toBe(0);
    expect(chat.heard[0]!.id).toBe('r1/1');
  });

  it('hear the same notice again until they have it, and nothing after it before', async () => {
    const chat = listening((_, count) => {
      if (count === 2 || count === 3) throw new Error('chat is down');
    });
    const other = listening();
    const releaser = releaserOf(memoryJournal(), new MemoryService(), { chat: chat.sink, other: other.sink });
    const release = await start(releaser);
    await release.until('approval-requested');
    await releaser.approve('r1', 'go-live', ann);
    await until(() => other.types().includes('release-finished'));
    await until(() => chat.types().includes('release-finished'));
    expect(chat.types()).toEqual(told);
  });

  it('keep no release waiting, and no close', async () => {
    const deaf: NotifySink = { send: () => new Promise(() => {}) };
    const releaser = releaserOf(memoryJournal(), new MemoryService(), { deaf });
    const release = await start(releaser);
    await release.until('approval-requested');
    await releaser.approve('r1', 'go-live', ann);
    expect((await release.done).kind).toBe('promoted');
    await releaser.close();
  });

  it('go on in the next process where the journal says that they are', async () => {
    const journal = memoryJournal();
    const web = new MemoryService();
    const chat = listening();
    const one = releaserOf(journal, web, { chat: chat.sink });
    await (await start(one)).until('approval-requested');
    await until(() => chat.types().includes('approval-requested'));
    await one.close();
    const two = releaserOf(journal, web, { chat: chat.sink });
    await two.recover();
    await two.approve('r1', 'go-live', ann);
    await until(() => chat.types().includes('release-finished'));
    expect([...new Set(chat.types())]).toEqual(told);
    // At least once: only the last one before the change of owner may come twice.
    expect(chat.heard.length - told.length).toBeLessThanOrEqual(1);
    expect(stepsBack(chat.heard)).toBeLessThanOrEqual(1);
  });

  it('hear the end from a later recovery when they were gone until then', async () => {
    const journal = memoryJournal();
    const web = new MemoryService();
    const deaf: NotifySink = { send: () => Promise.reject(new Error('down')) };
    const one = releaserOf(journal, web, { chat: deaf });
    const release = await start(one);
    await release.until('approval-requested');
    await one.approve('r1', 'go-live', ann);
    await release.done;
    await until(async () => (await release.state()).phase === 'promoted');
    await one.close();
    const chat = listening();
    const late = listening();
    const two = releaserOf(journal, web, { chat: chat.sink, late: late.sink });
    await two.recover();
    expect(chat.types()).toEqual(told);
    expect(late.heard).toEqual([]);
    await two.recover();
    expect(chat.types()).toEqual(told);
  });

  it('hear only what they ask for, and the end of following a release stays its end', async () => {
    const chat = listening();
    const sink: NotifySink = { ...chat.sink, events: ['gate-settled'] };
    const journal = memoryJournal();
    const releaser = releaserOf(journal, new MemoryService(), { chat: sink });
    const release = await start(releaser);
    await release.until('approval-requested');
    await releaser.approve('r1', 'go-live', ann);
    const types: string[] = [];
    for await (const event of release) types.push(event.type);
    await until(() => chat.heard.length === 1);
    expect(chat.types()).toEqual(['gate-settled']);
    expect(types).toContain('release-finished');
    await releaser.close();
    // Read again from the beginning, with the cursors behind its end.
    const reader = releaserOf(journal, new MemoryService(), {});
    const again: string[] = [];
    for await (const event of await reader.get('r1')) again.push(event.type);
    expect(again).toContain('release-finished');
  });
});
