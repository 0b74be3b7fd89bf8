import type { Journal } from '@bluegreen/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryJournal } from './journal/memory-journal.js';
import { codeOf, MemoryService } from './releaser.fixture.js';
import { createReleaser, type Releaser } from './releaser.js';
import type { StartRequest } from './releaser-options.js';

const held = {
  verify: { gates: [{ approval: 'go-live', from: ['ann'], expires: '1h', onExpiry: 'rollback' }] },
  shift: [{ to: 100 }],
  retire: { after: 'immediately' },
  limits: { poll: '10ms' },
} as const;
const free = { shift: [{ to: 100 }], retire: { after: 'immediately' }, limits: { poll: '10ms' } } as const;
const ann = { by: 'ann', reason: 'because' };

const open: Releaser[] = [];
afterEach(async () => {
  for (const releaser of open.splice(0)) await releaser.close();
});

function releaserOf(journal: Journal, names: Readonly<Record<string, MemoryService>>, concurrency?: number): Releaser {
  const services = Object.fromEntries(Object.entries(names).map(([name, { service }]) => [name, service]));
  const limit = concurrency === undefined ? {} : { concurrency };
  const releaser = createReleaser({ services, journal, leaseTtlMs: 1_000, ...limit });
  open.push(releaser);
  return releaser;
}

function start(releaser: Releaser, id: string, more: Partial<StartRequest> = {}) {
  return releaser.start({ id, versions: { web: id }, policy: free, requestedBy: 'ci', ...more });
}

/** Which releases deployed, in order. */
const deployed = (web: MemoryService) => web.calls.flatMap((call) => /^deploy (\S+)/.exec(call)?.[1] ?? []);

describe('a release while another one is under way', () => {
  it('is refused unless it says otherwise', async () => {
    const releaser = releaserOf(memoryJournal(), { web: new MemoryService() });
    await start(releaser, 'v2', { policy: held });
    expect(await codeOf(start(releaser, 'v3'))).toBe('release/unfinished');
    expect((await releaser.list()).map(({ id }) => id)).toEqual(['v2']);
  });

  it('waits in the order in which it was requested, and says so', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), { web });
    const first = await start(releaser, 'v2', { policy: held });
    await first.until('approval-requested');
    const [second, third] = [
      await start(releaser, 'v3', { supersede: 'queue' }),
      await start(releaser, 'v4', { supersede: 'queue' }),
    ];
    expect(await second.explain()).toMatchObject({ code: 'queued', sentence: expect.stringContaining('web v3 waits') });
    expect(deployed(web)).toEqual(['v2']);
    await releaser.approve('v2', 'go-live', ann);
    for (const release of [first, second, third]) expect((await release.done).kind).toBe('promoted');
    expect(deployed(web)).toEqual(['v2', 'v3', 'v4']);
  });

  it('replaces it: users are taken back first, then the new one begins', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), { web });
    const shifted = { ...held, verify: { gates: [] }, shift: [{ to: 50, hold: '1h' }, { to: 100 }] } as const;
    const first = await start(releaser, 'v2', { policy: shifted });
    await first.until('step-reached');
    const second = await start(releaser, 'v3', { supersede: 'replace', requestedBy: 'bob' });
    expect(await first.done).toMatchObject({ kind: 'rolled-back', cause: { code: 'person-aborted', by: 'bob' } });
    expect((await second.done).kind).toBe('promoted');
    const back = web.calls.indexOf('route 100/0', web.calls.indexOf('route 50/50'));
    expect(back).toBeGreaterThan(0);
    expect(web.calls.indexOf('deploy v3 to green')).toBeGreaterThan(back);
  });

  it('keeps its place when the process that requested it is gone: another one goes on in the same order', async () => {
    const web = new MemoryService();
    const journal = memoryJournal();
    const one = releaserOf(journal, { web });
    await (await start(one, 'v2', { policy: held })).until('approval-requested');
    await start(one, 'v3', { supersede: 'queue' });
    await start(one, 'v4', { supersede: 'queue' });
    await one.close();
    const two = releaserOf(journal, { web });
    expect(await two.recover()).toEqual(['v2']);
    await two.approve('v2', 'go-live', ann);
    expect((await (await two.get('v4')).done).kind).toBe('promoted');
    expect(deployed(web)).toEqual(['v2', 'v3', 'v4']);
  });

  it('leaves the queue when it is aborted there, and has touched nothing', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), { web });
    await (await start(releaser, 'v2', { policy: held })).until('approval-requested');
    const second = await start(releaser, 'v3', { supersede: 'queue' });
    await releaser.abort('v3', ann);
    await releaser.approve('v2', 'go-live', ann);
    expect((await second.done).kind).toBe('rolled-back');
    expect(deployed(web)).toEqual(['v2']);
  });

  it('counts no time for which it only waited', async () => {
    const releaser = releaserOf(memoryJournal(), { web: new MemoryService() });
    await (await start(releaser, 'v2', { policy: held })).until('approval-requested');
    const second = await start(releaser, 'v3', { supersede: 'queue' });
    const requested = (await second.state()).total.until;
    await releaser.approve('v2', 'go-live', ann);
    await second.done;
    expect((await second.state()).total.until).toBeGreaterThan(requested);
  });
});

describe('a releaser with a limit', () => {
  it('refuses one more, or lets it wait, whatever service it is about', async () => {
    const [web, api] = [new MemoryService('v1', 'web'), new MemoryService('v1', 'api')];
    const releaser = releaserOf(memoryJournal(), { web, api }, 1);
    await (await start(releaser, 'v2', { policy: held })).until('approval-requested');
    const other = { versions: { api: 'v2' } };
    expect(await codeOf(start(releaser, 'a2', other))).toBe('release/too-many');
    const waiting = await start(releaser, 'a2', { ...other, supersede: 'queue' });
    expect((await waiting.explain()).code).toBe('queued');
    await releaser.approve('v2', 'go-live', ann);
    expect((await waiting.done).kind).toBe('promoted');
  });
});
