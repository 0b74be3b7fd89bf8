import type { Journal } from '@bluegreen/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryJournal } from './journal/memory-journal.js';
import { codeOf, MemoryService } from './releaser.fixture.js';
import { createReleaser, type Releaser } from './releaser.js';

const fast = { retire: { after: 'immediately' }, limits: { poll: '10ms' } } as const;
const policy = { shift: [{ to: 10 }, { to: 100 }], ...fast } as const;

const open: Releaser<string>[] = [];
afterEach(async () => {
  for (const releaser of open.splice(0)) await releaser.close();
});

function releaserOf(journal: Journal, web: MemoryService): Releaser<string> {
  const releaser = createReleaser<string>({ services: { web: web.service }, journal });
  open.push(releaser);
  return releaser;
}

describe('bad input', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    ['an unknown key', { shift: [{ to: 100 }], bakee: { for: '1m' } }, 'policy/unknown-key'],
    ['a misspelt analysis', { shift: [{ to: 100, gates: [{ analysis: 'erors' }] }] }, 'policy/unknown-analysis'],
    ['an unknown check', { shift: [{ to: 100 }], verify: { gates: [{ check: 'smok' }] } }, 'policy/unknown-check'],
  ];

  it.each(cases)('%s is refused and nothing is touched (S46)', async (_, bad, code) => {
    const web = new MemoryService();
    const journal = memoryJournal();
    const releaser = releaserOf(journal, web);
    expect(await codeOf(releaser.start({ versions: { web: 'v2' }, policy: bad as never, requestedBy: 'ci' }))).toBe(
      code,
    );
    expect(await journal.releases()).toEqual([]);
    expect(web.calls).toEqual([]);
  });
});

describe('what the adapters lack', () => {
  it('is refused with its code, its place in the policy and a hint, and nothing is touched', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), web);
    const finer = { shift: [{ to: 5.55 }, { to: 100 }], ...fast };
    expect(await codeOf(releaser.start({ versions: { web: 'v2' }, policy: finer, requestedBy: 'ci' }))).toBe(
      'policy/weight-invalid',
    );
    const byCookie = {
      audiences: { staff: { cookie: 'staff', equals: '1' } },
      shift: [{ audience: 'staff' }, { to: 100 }],
      ...fast,
    } as const;
    const refused = releaser.start({ versions: { web: 'v2' }, policy: byCookie, requestedBy: 'ci' });
    await expect(refused).rejects.toMatchObject({
      code: 'policy/capability-audience',
      path: 'audiences.staff',
      hint: expect.stringMatching(/./),
    });
    const { findings } = await releaser.plan({ versions: { web: 'v2' }, policy: byCookie });
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: 'refuse', code: 'policy/capability-audience' }),
    );
    expect(web.calls.filter((call) => call !== 'observe')).toEqual([]);
  });

  it('an unknown service is refused', async () => {
    const releaser = releaserOf(memoryJournal(), new MemoryService());
    expect(await codeOf(releaser.start({ versions: { wbe: 'v2' }, policy, requestedBy: 'ci' }))).toBe(
      'release/service-unknown',
    );
  });
});
