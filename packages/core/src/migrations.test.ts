import { afterEach, describe, expect, it } from 'vitest';
import type { HookContext } from './hook.js';
import { memoryJournal } from './journal/memory-journal.js';
import { codeOf, MemoryService } from './releaser.fixture.js';
import { createReleaser, type Releaser } from './releaser.js';
import type { StartRequest } from './releaser-options.js';

const policy = { shift: [{ to: 100 }], retire: { after: 'immediately' }, limits: { poll: '10ms' } } as const;
const open: Pick<Releaser, 'close'>[] = [];
afterEach(async () => {
  for (const releaser of open.splice(0)) await releaser.close();
});

function bench() {
  const web = new MemoryService();
  const ran: HookContext[] = [];
  const note = (context: HookContext) => void ran.push(context);
  const hooks = { 'add-email': note, 'drop-mail': note, warm: note };
  const releaser = createReleaser<string>({ services: { web: web.service }, journal: memoryJournal(), hooks });
  open.push(releaser);
  const release = async (version: string, more: Partial<StartRequest> = {}) => {
    const started = await releaser.start({ versions: { web: version }, policy, requestedBy: 'ci', ...more });
    for await (const event of started) if (event.type === 'release-finished') return event.end;
    return null;
  };
  return { web, ran, releaser, release };
}

const migrations = { expand: ['add-email'], contract: ['drop-mail'] };

describe('the migrations of a release', () => {
  it('run once each, in their place, with a key of the release', async () => {
    const { ran, release, web } = bench();
    expect(await release('v2', { id: 'r2', migrations })).toBe('promoted');
    expect(ran.map(({ key, moment, attempt }) => [key, moment, attempt])).toEqual([
      ['r2/expand/add-email', 'expand', 1],
      ['r2/contract/drop-mail', 'contract', 1],
    ]);
    expect(ran[1]!.services.web).toMatchObject({ version: 'v2', candidate: 'green' });
    expect(web.running.blue.version).toBeNull();
  });

  it('show in the plan as points of no return', async () => {
    const { releaser } = bench();
    const { pointsOfNoReturn } = await releaser.plan({ versions: { web: 'v2' }, policy, migrations });
    expect(pointsOfNoReturn).toEqual([
      'teardown of the old slot, right after the promotion',
      'contract migration drop-mail, after the teardown',
    ]);
  });

  it('are refused where nobody has them, and a contract where the old version stays', async () => {
    const { release, ran } = bench();
    expect(await codeOf(release('v2', { migrations: { expand: ['ad-email'] } }))).toBe('release/hook-missing');
    const keeping = { ...policy, retire: { after: 'keep' } } as const;
    expect(await codeOf(release('v2', { policy: keeping, migrations }))).toBe('release/contract-without-teardown');
    expect(ran).toEqual([]);
  });

  it('keep every version that served before a contract from coming back, unless somebody knows better', async () => {
    const { release } = bench();
    await release('v2');
    await release('v3', { id: 'r3', migrations });
    expect(await codeOf(release('v1'))).toBe('release/contract-crossed');
    expect(await codeOf(release('v2'))).toBe('release/contract-crossed');
    expect(await release('v3')).toBe('promoted');
    expect(await release('v2', { acrossContracts: true })).toBe('promoted');
    // It has served since, so it works with the database as it is.
    expect(await release('v3')).toBe('promoted');
    expect(await release('v2')).toBe('promoted');
    expect(await codeOf(release('v1'))).toBe('release/contract-crossed');
  });

  it('say nothing about versions when no contract ran', async () => {
    const { release } = bench();
    await release('v2', { migrations: { expand: ['add-email'] } });
    expect(await release('v1')).toBe('promoted');
  });
});

describe('the hooks of a policy', () => {
  it('are given by name, and refused when nobody has them', async () => {
    const { release, ran } = bench();
    const hooked = (name: string) => ({ ...policy, hooks: { afterCutover: [name] } });
    expect(await codeOf(release('v2', { policy: hooked('worm') }))).toBe('policy/unknown-hook');
    expect(await release('v2', { policy: hooked('warm') })).toBe('promoted');
    expect(ran.map(({ moment }) => moment)).toEqual(['after-cutover']);
  });

  it('are tried again, and keep no release from its end', async () => {
    const web = new MemoryService();
    let tries = 0;
    const hooks = {
      warm: () => {
        tries += 1;
        throw new Error('cache is down');
      },
    };
    const releaser = createReleaser({ services: { web: web.service }, journal: memoryJournal(), hooks });
    open.push(releaser);
    const limits = { poll: '10ms', attempts: 2 } as const;
    const hooked = { ...policy, limits, hooks: { afterCutover: ['warm'] } };
    const release = await releaser.start({ versions: { web: 'v2' }, policy: hooked, requestedBy: 'ci' });
    for await (const event of release) if (event.type === 'release-finished') expect(event.end).toBe('promoted');
    expect(tries).toBe(2);
    expect((await release.explain()).sentence).toContain('after-cutover hook warm (cache is down)');
  });
});
