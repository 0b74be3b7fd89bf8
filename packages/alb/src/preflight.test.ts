import { afterEach, describe, expect, it } from 'vitest';
import { albEnvironment } from './alb-environment.js';
import { type Bench, readCall, shift, startBench, targetOf } from './alb-traffic.fixture.js';
import { albTraffic } from './alb-traffic.js';

const needs = { audiences: [], cohort: 'per-request', preview: true, mirror: false, percents: [5, 100] } as const;

describe('preflight', () => {
  let bench: Bench;

  afterEach(() => bench.server.close());

  const codes = async (traffic = bench.traffic, more: object = {}) => {
    const findings = await traffic.preflight!({ ...needs, ...more }, readCall());
    return findings.map(({ severity, code }) => `${severity} ${code}`);
  };

  it('finds nothing in a set-up that is right, and changes nothing', async () => {
    bench = await startBench();
    bench.writes();
    expect(await codes()).toEqual([]);
    expect(bench.writes()).toEqual([]);
  });

  it('names what this load balancer or these options cannot do', async () => {
    bench = await startBench();
    const staff = { name: 'staff', match: { header: 'x-staff', equals: '2' } };
    expect(await codes(bench.traffic, { audiences: [staff], cohort: 'sticky', mirror: true })).toEqual([
      'refuse alb/audience-undeclared',
      'refuse alb/cohort-unsupported',
      'refuse alb/mirror-unsupported',
    ]);
    const { preview: _, ...options } = bench.options;
    expect(await codes(albTraffic(options))).toContain('refuse alb/preview-not-configured');
  });

  it('finds attributes of the groups that do not go with a split', async () => {
    bench = await startBench();
    const { attributes } = bench.server.world.group(bench.site.targetGroups.green);
    attributes.set('stickiness.enabled', 'true').set('stickiness.type', 'app_cookie');
    attributes.set('slow_start.duration_seconds', '60');
    expect(await codes()).toEqual([
      'refuse alb/cookie-unsupported',
      'refuse alb/stickiness-needed',
      'note alb/slow-start',
    ]);
  });

  it('finds other owners by their tags', async () => {
    bench = await startBench();
    bench.server.world.tags.set(bench.site.listenerArn, new Map([['ingress.k8s.aws/stack', 'shop']]));
    expect(await codes()).toEqual(['refuse alb/managed-elsewhere']);
  });

  it('finds missing rights, missing places, and clients that repeat writes', async () => {
    bench = await startBench();
    bench.server.always('DescribeTargetGroupAttributes', { kind: 'refuse', code: 'AccessDenied', status: 403 });
    expect(await codes()).toEqual(['refuse alb/access-denied']);
    bench.server.always('DescribeTargetGroupAttributes', null);
    const { read } = bench.site.clients;
    expect(await codes(albTraffic({ ...bench.options, clients: { read, write: read } }))).toEqual([
      'refuse alb/write-client-retries',
    ]);
    bench.server.world.listeners.delete(bench.site.listenerArn);
    expect(await codes()).toEqual(['refuse alb/place-missing']);
  });

  it('finds an audience that has no room in a rule, comes too late, or would let people in without signing in', async () => {
    bench = await startBench();
    const { world } = bench.server;
    const { listenerArn, ruleArn } = bench.site;
    const { preview: _, ...options } = bench.options;
    const cookie = { name: 'beta', match: { cookie: 'beta', equals: 'yes' } };
    const traffic = albTraffic({
      ...options,
      place: { listenerArn, ruleArn },
      audiences: [{ ...cookie, priority: 200 }],
    });
    await traffic.setup();
    expect(await codes(traffic, { audiences: [cookie], preview: false })).toEqual(['refuse alb/options-invalid']);
    const rule = world.rule(ruleArn);
    const host = { Field: 'host-header', HostHeaderConfig: { Values: ['a.example', 'b.example'] } };
    const signIn = { Type: 'authenticate-oidc', AuthenticateOidcConfig: { Issuer: 'https://sign-in.example' } };
    world.replaceRule(rule, { conditions: [host] });
    const early = albTraffic({ ...options, place: { listenerArn, ruleArn }, audiences: [{ ...cookie, priority: 20 }] });
    expect(await codes(early, { audiences: [cookie], preview: false })).toEqual(['refuse alb/audience-unsupported']);
    world.replaceRule(world.rule(ruleArn), { conditions: [], actions: [signIn, ...rule.actions] });
    expect(await codes(early, { audiences: [cookie], preview: false })).toEqual(['refuse alb/sign-in-unsupported']);
  });

  it('warns of a split, whose active slot nobody can name', async () => {
    bench = await startBench();
    await shift(bench.traffic, targetOf(30));
    expect(await codes()).toEqual(['warn alb/split-at-start']);
  });

  it('of an environment finds groups that take no targets one by one', async () => {
    bench = await startBench();
    const environment = albEnvironment({
      service: 'shop',
      clients: bench.site.clients,
      targetGroups: bench.site.targetGroups,
      deploy: async () => [],
      retire: async () => {},
    });
    expect(await environment.preflight!({ version: 'v2', atLeast: 1 }, readCall())).toEqual([]);
    bench.server.always('DescribeTags', { kind: 'refuse', code: 'AccessDenied', status: 403 });
    const findings = await environment.preflight!({ version: 'v2', atLeast: 1 }, readCall());
    expect(findings.map(({ code }) => code)).toEqual(['alb/access-denied']);
  });
});
