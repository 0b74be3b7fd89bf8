import type { Journal, JournalSession } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { memoryJournal } from './journal/memory-journal.js';
import { MemoryService } from './releaser.fixture.js';
import { createReleaser } from './releaser.js';

type Acquire = JournalSession['acquire'];

/** The journal, whose leases are acquired as `how` says. */
function acquiring(journal: Journal, how: (acquire: Acquire) => Acquire): Journal {
  return {
    ...journal,
    join: async (owner) => {
      const session = await journal.join(owner);
      return { ...session, acquire: how((resources, above) => session.acquire(resources, above)) };
    },
  };
}

/** Something that a test lets happen, and can wait for the question of. */
function gate() {
  let open = (): void => {};
  let ask = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  return {
    asked,
    open,
    pass: () => {
      ask();
      return opened;
    },
  };
}

const request = { id: 'r', versions: { web: 'v2' }, policy: { shift: [{ to: 100 }] }, requestedBy: 'ci' } as const;

describe('a releaser that is closed while it starts a release', () => {
  it.each(['start', 'queue'] as const)(
    'refuses it with a code that says so, and nothing is recorded (%s)',
    async (how) => {
      const journal = memoryJournal();
      const before = gate();
      const late = acquiring(journal, (acquire) => async (resources, above) => {
        await before.pass();
        return acquire(resources, above);
      });
      const concurrency = how === 'queue' ? { concurrency: 0 } : {};
      const releaser = createReleaser({
        services: { web: new MemoryService().service },
        journal: late,
        ...concurrency,
      });
      const started = releaser.start({ ...request, ...(how === 'queue' ? { supersede: 'queue' } : {}) });
      await before.asked;
      await releaser.close();
      before.open();
      await expect(started).rejects.toMatchObject({ code: 'release/detached' });
      expect(await journal.read('r')).toEqual([]);
      if (how === 'start') await expect(releaser.start(request)).rejects.toMatchObject({ code: 'release/detached' });
    },
  );

  it('does not drive what it was given too late: another one does', async () => {
    const journal = memoryJournal();
    const after = gate();
    const late = acquiring(journal, (acquire) => async (resources, above) => {
      const lease = await acquire(resources, above);
      await after.pass();
      return lease;
    });
    const web = new MemoryService();
    const releaser = createReleaser({ services: { web: web.service }, journal: late });
    const started = releaser.start(request);
    await after.asked;
    const closed = releaser.close();
    after.open();
    await closed;
    await started.catch((error) => expect(error).toMatchObject({ code: 'release/detached' }));
    const next = createReleaser({ services: { web: web.service }, journal });
    await next.recover();
    const release = await next.start(request);
    expect(await release.done).toMatchObject({ kind: 'promoted' });
    await next.close();
  });
});
