import type { Journal } from '@bluegreen/contract';
import { afterEach, describe, expect, it } from 'vitest';
import type { Check } from './check.js';
import { memoryJournal } from './journal/memory-journal.js';
import { codeOf, MemoryService } from './releaser.fixture.js';
import { createReleaser, type Releaser } from './releaser.js';

const fast = { retire: { after: 'immediately' }, limits: { poll: '10ms' } } as const;
const policy = { shift: [{ to: 10 }, { to: 100 }], ...fast } as const;
const approved = {
  ...policy,
  verify: { gates: [{ approval: 'go-live', from: ['ann'], expires: '1h', onExpiry: 'rollback' }] },
} as const;
const ann = { by: 'ann', reason: 'because' };

const open: Releaser<string>[] = [];

function releaserOf(
  journal: Journal,
  web: MemoryService,
  checks: Readonly<Record<string, Check>> = {},
): Releaser<string> {
  const releaser = createReleaser<string>({ services: { web: web.service }, journal, checks, leaseTtlMs: 1_000 });
  open.push(releaser);
  return releaser;
}

afterEach(async () => {
  for (const releaser of open.splice(0)) await releaser.close();
});

describe('a releaser', () => {
  it('takes a release from its request to its end', async () => {
    const web = new MemoryService();
    const release = await releaserOf(memoryJournal(), web).start({
      versions: { web: 'v2' },
      policy,
      requestedBy: 'ci',
    });
    const outcome = await release.done;
    expect(outcome).toMatchObject({ kind: 'promoted', sentence: expect.stringContaining('web v2 is promoted') });
    const types: string[] = [];
    for await (const event of release) types.push(event.type);
    expect(types[0]).toBe('release-requested');
    expect(types.at(-1)).toBe('release-finished');
    expect(web.target?.weights).toEqual({ blue: 0, green: 100 });
    expect(web.running.blue.version).toBe(null);
  });

  it('swaps the roles at the next release, the active slot being read from routing (S35)', async () => {
    const web = new MemoryService();
    const journal = memoryJournal();
    for (const version of ['v2', 'v3']) {
      const release = await releaserOf(journal, web).start({ versions: { web: version }, policy, requestedBy: 'ci' });
      for await (const event of release) if (event.type === 'release-finished') expect(event.end).toBe('promoted');
    }
    expect(web.target?.weights).toEqual({ blue: 100, green: 0 });
    expect(web.running.blue.version).toBe('v3');
  });

  it('deploys the same version again as a deployment of its own', async () => {
    const web = new MemoryService('v1');
    const release = await releaserOf(memoryJournal(), web).start({
      versions: { web: 'v1' },
      policy,
      requestedBy: 'ci',
    });
    expect((await release.done).kind).toBe('promoted');
    expect(web.calls).toContain('deploy v1 to green');
  });

  it('makes a first deployment', async () => {
    const web = new MemoryService(null);
    const release = await releaserOf(memoryJournal(), web).start({
      versions: { web: 'v1' },
      policy,
      requestedBy: 'ci',
    });
    expect((await release.done).kind).toBe('promoted');
    expect(web.target?.weights).toEqual({ blue: 100, green: 0 });
  });

  it('gives the same release for the same id, and refuses another request under it', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), web);
    const request = { id: 'r1', versions: { web: 'v2' }, policy, requestedBy: 'ci' };
    const [first, second] = [await releaser.start(request), await releaser.start(request)];
    expect(second.id).toBe(first.id);
    expect(await codeOf(releaser.start({ ...request, versions: { web: 'v9' } }))).toBe('release/exists');
    await first.done;
    expect(web.calls.filter((call) => call.startsWith('deploy'))).toHaveLength(1);
  });

  it('rolls back when a check fails, and says why', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), web, {
      smoke: () => {
        throw new Error('GET / answered 500');
      },
    });
    const release = await releaser.start({
      versions: { web: 'v2' },
      policy: { ...policy, verify: { gates: [{ check: 'smoke' }] } },
      requestedBy: 'ci',
    });
    const outcome = await release.done;
    expect(outcome).toMatchObject({ kind: 'rolled-back', cause: { code: 'gate-failed', gate: 'verify/smoke' } });
    expect(outcome.sentence).toContain('GET / answered 500');
    expect(web.calls.some((call) => call === 'route 90/10')).toBe(false);
  });

  it('rejects a second release of the same service and touches nothing (S38)', async () => {
    const web = new MemoryService();
    const journal = memoryJournal();
    const first = await releaserOf(journal, web).start({
      versions: { web: 'v2' },
      policy: approved,
      requestedBy: 'ci',
    });
    await first.until('approval-requested');
    const writes = web.calls.filter((call) => /^(route|deploy|retire)/.test(call)).length;
    const second = releaserOf(journal, web).start({ versions: { web: 'v3' }, policy, requestedBy: 'ci' });
    expect(await codeOf(second)).toBe('release/unfinished');
    expect(web.calls.filter((call) => /^(route|deploy|retire)/.test(call))).toHaveLength(writes);
  });

  it('cuts retention short for the next release, so that a hotfix does not wait', async () => {
    const web = new MemoryService();
    const journal = memoryJournal();
    const releaser = releaserOf(journal, web);
    const retained = { ...policy, retire: { after: '1h' } } as const;
    const first = await releaser.start({ versions: { web: 'v2' }, policy: retained, requestedBy: 'ci' });
    expect((await first.done).kind).toBe('promoted');
    const second = await releaser.start({ versions: { web: 'v3' }, policy: retained, requestedBy: 'ci' });
    expect((await second.done).kind).toBe('promoted');
    expect(web.running.blue.version).toBe('v3');
  });

  it('goes back warm within retention and amends the outcome', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), web);
    const retained = { ...policy, retire: { after: '1h' } } as const;
    const release = await releaser.start({ versions: { web: 'v2' }, policy: retained, requestedBy: 'ci' });
    await release.done;
    await releaser.rollback(release.id, ann);
    expect((await release.until('release-rolled-back'))?.cause.code).toBe('person-asked');
    expect(web.target?.weights).toEqual({ blue: 100, green: 0 });
    expect((await release.explain()).code).toBe('rolled-back');
  });
});

describe('commands and processes', () => {
  it('take an approval only from whom the policy names, by name or by a role that is asked for when it is given', async () => {
    const gates = [{ approval: 'go-live', from: ['sre'], count: 2, expires: '1h', onExpiry: 'rollback' }] as const;
    const roles: Record<string, readonly string[]> = { bob: ['sre'], carl: ['developer'] };
    const releaser = createReleaser({
      services: { web: new MemoryService().service },
      journal: memoryJournal(),
      authorize: async (by, role) => roles[by]?.includes(role) ?? false,
    });
    open.push(releaser);
    const request = { versions: { web: 'v2' }, policy: { ...policy, verify: { gates } }, requestedBy: 'bob' };
    const release = await releaser.start(request);
    await release.until('approval-requested');
    const approve = (by: string) => codeOf(releaser.approve(release.id, 'go-live', { by, reason: 'fine' }));
    expect(await approve('carl')).toBe('release/approval-not-entitled');
    expect(await approve('bob')).toBe('release/approval-by-requester');
    roles.carl = ['sre'];
    roles.dora = ['sre'];
    await releaser.approve(release.id, 'go-live', { by: 'carl', reason: 'fine' });
    expect(await approve('carl')).toBe('release/approved-already');
    await releaser.approve(release.id, 'go-live', { by: 'dora', reason: 'fine' });
    expect((await release.done).kind).toBe('promoted');
  });

  it('let somebody with the role skip a gate, with who and why in the journal', async () => {
    const journal = memoryJournal();
    const releaser = createReleaser({
      services: { web: new MemoryService().service },
      journal,
      checks: { smoke: () => new Promise<never>(() => {}) },
      authorize: (by, role) => by === 'eve' && role === 'skip-gate',
    });
    open.push(releaser);
    const verify = { gates: [{ check: 'smoke' as const }] };
    const release = await releaser.start({ versions: { web: 'v2' }, policy: { ...policy, verify }, requestedBy: 'ci' });
    await release.until('gate-opened');
    expect(await codeOf(releaser.skipGate(release.id, 'smoke', ann))).toBe('release/skip-not-entitled');
    await releaser.skipGate(release.id, 'smoke', { by: 'eve', reason: 'the check itself is broken' });
    expect((await release.done).kind).toBe('promoted');
    const settled = (await journal.read(release.id)).find(({ event }) => event.type === 'gate-settled');
    expect(settled?.event).toMatchObject({
      verdict: 'skipped',
      evidence: { summary: 'skipped by eve: the check itself is broken' },
    });
  });

  it('are taken from another process that shares the journal', async () => {
    const web = new MemoryService();
    const journal = memoryJournal();
    const driving = releaserOf(journal, web);
    const elsewhere = releaserOf(journal, web);
    const release = await driving.start({ id: 'r1', versions: { web: 'v2' }, policy: approved, requestedBy: 'ci' });
    await release.until('approval-requested');
    await elsewhere.approve('r1', 'go-live', ann);
    expect((await (await elsewhere.get('r1')).done).kind).toBe('promoted');
    const state = await release.state();
    expect(state.gates['verify/go-live']).toMatchObject({ verdict: 'pass', by: 'ann' });
  });

  it('are refused with a code, and what is refused changes nothing', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), web);
    const release = await releaser.start({ versions: { web: 'v2' }, policy: approved, requestedBy: 'ci' });
    await release.until('approval-requested');
    expect(await codeOf(releaser.approve(release.id, 'no-such', ann))).toBe('release/approval-unknown');
    expect(await codeOf(releaser.resume(release.id, ann))).toBe('release/not-paused');
    expect(await codeOf(releaser.retry(release.id, ann))).toBe('release/not-stuck');
    expect(await codeOf(releaser.approve('nobody', 'go-live', ann))).toBe('release/unknown');
    await releaser.approve(release.id, 'go-live', ann);
    for await (const event of release) expect(event.type).not.toBe('command-refused');
    expect(await codeOf(releaser.rollback(release.id, ann))).toBe('release/finished');
  });

  it('pause and resume', async () => {
    const web = new MemoryService();
    const releaser = releaserOf(memoryJournal(), web);
    const release = await releaser.start({ versions: { web: 'v2' }, policy: approved, requestedBy: 'ci' });
    await release.until('approval-requested');
    await releaser.pause(release.id, ann);
    await releaser.approve(release.id, 'go-live', ann);
    expect((await release.explain()).code).toBe('paused');
    expect(web.target?.weights.green).toBe(0);
    await releaser.resume(release.id, ann);
    expect((await release.done).kind).toBe('promoted');
  });

  it('close leaves the release as it is, and another process recovers it to the same end', async () => {
    const web = new MemoryService();
    const journal = memoryJournal();
    const first = releaserOf(journal, web);
    const release = await first.start({ id: 'r1', versions: { web: 'v2' }, policy: approved, requestedBy: 'ci' });
    await release.until('approval-requested');
    const calls = web.calls.length;
    await first.close();
    expect(await codeOf(release.done)).toBe('release/detached');
    expect(web.calls.length).toBe(calls);
    const second = releaserOf(journal, web);
    expect(await second.recover()).toEqual(['r1']);
    await second.approve('r1', 'go-live', ann);
    expect((await (await second.get('r1')).done).kind).toBe('promoted');
    expect(web.calls.filter((call) => call.startsWith('deploy'))).toHaveLength(1);
  });

  it('a standby takes over, and takes a command that was left meanwhile', async () => {
    const web = new MemoryService();
    const journal = memoryJournal();
    const first = releaserOf(journal, web);
    await (await first.start({ id: 'r1', versions: { web: 'v2' }, policy: approved, requestedBy: 'ci' })).until(
      'approval-requested',
    );
    await first.close();
    const standby = createReleaser({ services: { web: web.service }, journal, leaseTtlMs: 50 });
    open.push(standby as never);
    await standby.approve('r1', 'go-live', ann);
    await standby.recover({ follow: true });
    expect((await (await standby.get('r1')).done).kind).toBe('promoted');
  });

  it('a listener that throws is reported, never propagated', async () => {
    const web = new MemoryService();
    const errors: unknown[] = [];
    const quiet = { debug() {}, info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
    const releaser = createReleaser({ services: { web: web.service }, journal: memoryJournal(), logger: quiet });
    open.push(releaser as never);
    releaser.on('phase-entered', () => {
      throw new Error('listener');
    });
    const seen: string[] = [];
    releaser.on('release-finished', ({ releaseId, end }) => void seen.push(`${releaseId} ${end}`));
    const release = await releaser.start({ id: 'r1', versions: { web: 'v2' }, policy, requestedBy: 'ci' });
    for await (const _ of release);
    expect(seen).toEqual(['r1 promoted']);
    expect(errors.length).toBeGreaterThan(0);
  });
});
