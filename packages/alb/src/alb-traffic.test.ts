import { ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, readCall, shift, startBench, targetOf, writeCall } from './alb-traffic.fixture.js';
import { albTraffic } from './alb-traffic.js';

describe('the routing of an ALB', () => {
  let bench: Bench;

  afterEach(() => bench.server.close());

  it.each([0, 0.1, 5, 33.3, 50, 99.9, 100])('gives back %d %% as it was set, in one request', async (green) => {
    bench = await startBench();
    await shift(bench.traffic, targetOf(50));
    if (green !== 50) bench.writes();
    await shift(bench.traffic, targetOf(green));
    expect(bench.writes()).toEqual(['ModifyListener']);
    const { routing } = await bench.traffic.observe(readCall());
    expect(routing).toEqual({ kind: 'split', target: targetOf(green) });
  });

  it('attaches the idle group with weight 0 and moves nobody (S6)', async () => {
    bench = await startBench();
    const rule = bench.server.world.rules.find(({ priority }) => priority === null)!;
    expect(rule.actions[0]!.ForwardConfig!.TargetGroups).toEqual([
      { TargetGroupArn: bench.site.targetGroups.blue, Weight: '100' },
      { TargetGroupArn: bench.site.targetGroups.green, Weight: '0' },
    ]);
    expect(await bench.traffic.observe(readCall())).toMatchObject({ routing: { target: targetOf(0) } });
  });

  it('is not routing yet where only one group is named', async () => {
    bench = await startBench();
    const { listenerArn, ruleArn } = bench.site;
    const { preview: _, audiences: __, ...options } = bench.options;
    const traffic = albTraffic({ ...options, place: { listenerArn, ruleArn } });
    const { routing, revision } = await traffic.observe(readCall());
    expect(routing).toMatchObject({ kind: 'foreign', summary: expect.stringContaining('alb/not-attached') });
    await expect(traffic.route(targetOf(50), { revision }, writeCall())).rejects.toMatchObject({
      code: 'alb/not-attached',
    });
    await traffic.setup();
    expect((await traffic.observe(readCall())).routing).toEqual({ kind: 'split', target: targetOf(0) });
  });

  it('reaches the candidate through the preview place, and nobody without one', async () => {
    bench = await startBench();
    await shift(bench.traffic, targetOf(0, { preview: 'green' }));
    expect((await bench.traffic.observe(readCall())).routing).toMatchObject({ target: { preview: 'green' } });
    await shift(bench.traffic, targetOf(0));
    expect((await bench.traffic.observe(readCall())).routing).toMatchObject({ target: { preview: null } });
  });

  it('makes a rule for each audience that is on, and removes it again', async () => {
    bench = await startBench();
    const audiences = bench.options.audiences!.map(({ name, match }) => ({ name, match, slot: 'green' as const }));
    await shift(bench.traffic, targetOf(0, { audiences }));
    expect(bench.writes()).toEqual(['CreateRule', 'CreateRule', 'CreateRule']);
    expect((await bench.traffic.observe(readCall())).routing).toEqual({
      kind: 'split',
      target: targetOf(0, { audiences }),
    });
    await shift(bench.traffic, targetOf(10, { audiences: audiences.slice(0, 1) }));
    expect(bench.writes()).toEqual(['ModifyListener', 'DeleteRule', 'DeleteRule']);
    await shift(bench.traffic, targetOf(0));
    expect(bench.writes()).toEqual(['ModifyListener', 'DeleteRule']);
  });

  it('keeps what leads to the service in the rule of an audience', async () => {
    bench = await startBench();
    const { listenerArn, ruleArn } = bench.site;
    const beta = { name: 'staff', match: { header: 'x-staff', equals: '1' }, slot: 'green' as const };
    const { preview: _, ...options } = bench.options;
    const traffic = albTraffic({ ...options, place: { listenerArn, ruleArn } });
    await traffic.setup();
    await shift(traffic, targetOf(0, { audiences: [beta] }));
    expect((await traffic.observe(readCall())).routing).toEqual({
      kind: 'split',
      target: targetOf(0, { audiences: [beta] }),
    });
    const made = bench.server.world.rules.find(({ priority }) => priority === 11)!;
    expect(made.conditions.map(({ Field }) => Field)).toEqual(['path-pattern', 'http-header']);
  });

  it('changes its own action only: sign-in, other rules and unknown actions stay as they are (S34)', async () => {
    bench = await startBench();
    const { world } = bench.server;
    const rule = world.rule(bench.site.ruleArn);
    const signIn = { Issuer: 'https://sign-in.example', ClientId: 'shop', ClientSecret: 'secret' };
    world.replaceRule(rule, {
      actions: [
        { Type: 'authenticate-oidc', Order: '1', AuthenticateOidcConfig: signIn },
        { Type: 'not-known-yet', Order: '2' },
        { ...rule.actions[0]!, Order: '3' },
      ],
    });
    const others = JSON.stringify(world.rules.filter(({ arn }) => arn !== rule.arn));
    const { preview: _, audiences: __, ...options } = bench.options;
    const place = { listenerArn: bench.site.listenerArn, ruleArn: bench.site.ruleArn };
    const traffic = albTraffic({ ...options, place });
    await traffic.setup();
    await shift(traffic, targetOf(25));
    const { actions } = world.rule(rule.arn);
    expect(actions.map(({ Type, Order }) => [Type, Order])).toEqual([
      ['authenticate-oidc', '1'],
      ['not-known-yet', '2'],
      ['forward', '3'],
    ]);
    expect(actions[0]!.AuthenticateOidcConfig).toEqual({
      Issuer: signIn.Issuer,
      ClientId: signIn.ClientId,
      UseExistingClientSecret: 'true',
    });
    expect(JSON.stringify(world.rules.filter(({ arn }) => arn !== rule.arn))).toBe(others);
  });

  it('is bound to a group in a split only: at 0 and 100 the stickiness goes in the same request', async () => {
    bench = await startBench({ stickiness: '1h' });
    const stickiness = () =>
      bench.server.world.rules.find(({ priority }) => priority === null)!.actions[0]!.ForwardConfig!
        .TargetGroupStickinessConfig;
    const bound = { cohort: { kind: 'bound' } } as const;
    expect(bench.traffic.capabilities.cohorts).toEqual(['bound']);
    await shift(bench.traffic, targetOf(20, bound));
    expect(stickiness()).toEqual({ Enabled: 'true', DurationSeconds: '3600' });
    expect((await bench.traffic.observe(readCall())).routing).toEqual({ kind: 'split', target: targetOf(20, bound) });
    bench.writes();
    await shift(bench.traffic, targetOf(100, bound));
    expect(bench.writes()).toEqual(['ModifyListener']);
    expect(stickiness()).toEqual({ Enabled: 'false' });
    expect((await bench.traffic.observe(readCall())).drain).toMatchObject({
      blue: { kind: 'bounded', atMostMs: 60_000 + 3_600_000 },
    });
  });

  it('does nothing for a target that is there (S40)', async () => {
    bench = await startBench();
    const { revision } = await bench.traffic.observe(readCall());
    const call = writeCall();
    await bench.traffic.route(targetOf(30), { revision }, call);
    await bench.traffic.route(targetOf(30), { revision }, call);
    expect(bench.writes()).toEqual(['ModifyListener']);
  });

  it('refuses to write over a change that it did not expect (S33)', async () => {
    bench = await startBench();
    const { revision } = await bench.traffic.observe(readCall());
    await shift(bench.traffic, targetOf(30));
    bench.writes();
    await expect(bench.traffic.route(targetOf(60), { revision }, writeCall())).rejects.toMatchObject({
      code: 'alb/revision-changed',
      reaction: 'recompute',
    });
    expect(bench.writes()).toEqual([]);
  });

  it('keeps its revision while other rules come and go', async () => {
    bench = await startBench();
    const { revision } = await bench.traffic.observe(readCall());
    const { site } = bench;
    const fixed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } } as const;
    await site.clients.write.send(new ModifyRuleCommand({ RuleArn: site.ruleArn, Actions: [fixed] }));
    expect((await bench.traffic.observe(readCall())).revision).toBe(revision);
  });

  it('takes no part for the whole: a preview that somebody changed is not what was set (S54)', async () => {
    bench = await startBench();
    await shift(bench.traffic, targetOf(20, { preview: 'green' }));
    const before = await bench.traffic.observe(readCall());
    const { world } = bench.server;
    const rule = world.rules.find(({ listenerArn }) => listenerArn === bench.site.testListenerArn)!;
    world.replaceRule(rule, { actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }] });
    const after = await bench.traffic.observe(readCall());
    expect(after.revision).not.toBe(before.revision);
    expect(after.routing).toMatchObject({ kind: 'foreign', summary: expect.stringContaining('alb/preview-foreign') });
  });

  it.each([
    ['a third group', 'alb/routing-foreign', [['x', '1']]],
    [
      'weights that are no tenths',
      'alb/routing-foreign',
      [
        ['blue', '2'],
        ['green', '1'],
      ],
    ],
  ] as const)('calls %s foreign and touches nothing (S32)', async (_, code, groups) => {
    bench = await startBench();
    const { world } = bench.server;
    const rule = world.rules.find(
      ({ priority, listenerArn }) => priority === null && listenerArn === bench.site.listenerArn,
    )!;
    const arnOf = (name: string) =>
      ({ blue: bench.site.targetGroups.blue, green: bench.site.targetGroups.green })[name] ?? name;
    const TargetGroups = groups.map(([name, Weight]) => ({ TargetGroupArn: arnOf(name), Weight }));
    world.replaceRule(rule, { actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] });
    const { routing, revision } = await bench.traffic.observe(readCall());
    expect(routing).toMatchObject({ kind: 'foreign', summary: expect.stringContaining(code) });
    bench.writes();
    await expect(bench.traffic.route(targetOf(0), { revision }, writeCall())).rejects.toMatchObject({ code });
    expect(bench.writes()).toEqual([]);
  });

  it('is gone with its rule, which never counts as routed (S32)', async () => {
    bench = await startBench();
    bench.server.world.listeners.delete(bench.site.listenerArn);
    const { routing } = await bench.traffic.observe(readCall());
    expect(routing).toMatchObject({ kind: 'foreign', summary: expect.stringContaining('alb/place-missing') });
  });

  it('waits unrouted for a first release, with both groups attached so that they are checked', async () => {
    bench = await startBench();
    const { world } = bench.server;
    const { preview: _, audiences: __, ...options } = bench.options;
    const place = { listenerArn: bench.site.testListenerArn };
    const traffic = albTraffic({ ...options, place, attachPriority: 50 });
    await traffic.setup();
    expect((await traffic.observe(readCall())).routing).toEqual({ kind: 'unrouted' });
    expect(world.isAttached(bench.site.targetGroups.green)).toBe(true);
    await traffic.setup();
    await shift(traffic, targetOf(100));
    expect((await traffic.observe(readCall())).routing).toEqual({ kind: 'split', target: targetOf(100) });
  });

  it('is adopted by the slot that serves and by no other', async () => {
    bench = await startBench();
    await expect(bench.traffic.setup({ adopt: 'green' })).rejects.toMatchObject({ code: 'alb/adopt-mismatch' });
    await bench.traffic.setup({ adopt: 'blue' });
    await shift(bench.traffic, targetOf(40));
    await expect(bench.traffic.setup({ adopt: 'blue' })).rejects.toMatchObject({ code: 'alb/adopt-mismatch' });
  });
});
