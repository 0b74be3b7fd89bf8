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

describe('a release of several services', () => {
  it('moves several services as one release, and tells how it ended for each', async () => {
    const [api, web] = [new MemoryService('v1', 'api'), new MemoryService('v1', 'web')];
    const services = { web: { ...web.service, dependsOn: ['api'] }, api: api.service };
    const releaser = createReleaser({ services, journal: memoryJournal() });
    open.push(releaser);
    const versions = { web: 'v2', api: 'v2' };
    const plan = await releaser.plan({ versions, policy });
    expect(plan.order).toEqual([['api'], ['web']]);
    const outcome = await (await releaser.start({ versions, policy, requestedBy: 'ci' })).done;
    expect(outcome).toMatchObject({ kind: 'promoted', services: { api: 'promoted', web: 'promoted' } });
  });

  it('refuses a release of what serves together with what never did, and touches nothing', async () => {
    const [api, web] = [new MemoryService(null, 'api'), new MemoryService('v1', 'web')];
    const releaser = createReleaser({ services: { web: web.service, api: api.service }, journal: memoryJournal() });
    open.push(releaser);
    const request = { versions: { web: 'v2', api: 'v2' }, policy, requestedBy: 'ci' };
    expect(await codeOf(releaser.start(request))).toBe('release/first-deploy-mixed');
    expect([...api.calls, ...web.calls]).toEqual(['observe', 'observe']);
    expect(await releaser.list()).toEqual([]);
  });
});
