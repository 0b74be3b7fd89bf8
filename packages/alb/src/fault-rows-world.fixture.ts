// The rows of the table that are about targets, health, drains and nodes.
import assert from 'node:assert/strict';
import { createServer, get, type Server } from 'node:http';
import type { ConvergeCall, EnvironmentTarget, Slot } from '@bluegreen/contract';
import { albEnvironment } from './alb-environment.js';
import { type Bench, readCall, shift, targetOf, writeCall } from './alb-traffic.fixture.js';
import { albTraffic } from './alb-traffic.js';
import { startDataPlane } from './elb-data-plane.fixture.js';
import { type FaultRow, fails, withBench } from './fault-row.fixture.js';
import type { AlbEnvironmentOptions } from './options.js';

function convergeCall(): ConvergeCall {
  return { ...writeCall(), confirm: async () => {} };
}

function goal(slot: Slot, version: string | null): EnvironmentTarget {
  const release = version === null ? null : { id: `release-of-${version}`, version };
  return { slot, release, atLeast: 1, autoscaling: 'free', workers: 'idle' };
}

function environmentOf(bench: Bench, more: Partial<AlbEnvironmentOptions> = {}) {
  return albEnvironment({
    service: 'shop',
    clients: bench.site.clients,
    targetGroups: bench.site.targetGroups,
    deploy: async () => [{ id: '10.0.0.9', port: 80 }],
    retire: async () => {},
    drainPoll: '10ms',
    ...more,
  });
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    if (await look()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail('it did not come');
}

async function serveSlot(slot: Slot): Promise<Server> {
  const server = createServer((_, response) => response.setHeader('x-slot', slot).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The bench with a real server as the only target of each slot, and its load balancer open to users. */
async function withUsers(
  propagationMs: number,
  run: (bench: Bench, ports: { users: number; blue: number; green: number }) => Promise<void>,
): Promise<void> {
  await withBench({}, async (bench) => {
    const servers = { blue: await serveSlot('blue'), green: await serveSlot('green') };
    const ports = { blue: portOf(servers.blue), green: portOf(servers.green) };
    for (const [slot, arn] of Object.entries(bench.site.targetGroups) as [Slot, string][]) {
      bench.server.world.group(arn).targets.length = 0;
      await bench.site.register(slot, [{ id: '127.0.0.1', port: ports[slot] }]);
    }
    const plane = await startDataPlane(bench.server.world, bench.site.listenerArn, { propagationMs });
    try {
      await run(bench, { ...ports, users: plane.port });
    } finally {
      await plane.close();
      for (const server of Object.values(servers)) {
        server.closeAllConnections();
        server.close();
      }
    }
  });
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}

function ask(port: number, cookie = ''): Promise<{ slot: string | undefined; cookie: string }> {
  return new Promise((resolve, reject) => {
    const sent = get({ port, host: '127.0.0.1', path: '/', agent: false, headers: { cookie } }, (answer) => {
      answer.resume();
      const given = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      answer.once('end', () => resolve({ slot: answer.headers['x-slot']?.toString(), cookie: given }));
    });
    sent.once('error', reject);
  });
}

export const worldRows: readonly FaultRow[] = [
  {
    name: 'HealthUnavailable 500: neither healthy nor sick; more users wait, a rollback does not',
    run: () =>
      withBench({}, async (bench) => {
        await shift(bench.traffic, targetOf(20));
        bench.server.always('DescribeTargetHealth', { kind: 'refuse', code: 'HealthUnavailable', status: 500 });
        const seen = await bench.traffic.observe(readCall());
        assert.equal(seen.health, undefined);
        await fails(bench.traffic.route(targetOf(50), seen, writeCall()), 'alb/health-unknown', 'retry');
        await bench.traffic.route(targetOf(0), seen, writeCall());
      }),
  },
  {
    name: 'Throttling of DescribeTargetHealth: unknown, never healthy',
    run: () =>
      withBench({}, async (bench) => {
        bench.server.always('DescribeTargetHealth', { kind: 'refuse', code: 'Throttling' });
        assert.equal((await bench.traffic.observe(readCall())).health, undefined);
        await fails(environmentOf(bench).observe('blue', readCall()), 'alb/throttled', 'retry');
      }),
  },
  {
    name: 'a group that no rule names: its targets are unused and never ready (S6)',
    run: () =>
      withBench({}, async (bench) => {
        const { world } = bench.server;
        for (const rule of world.rules.filter(({ priority }) => priority === null)) {
          world.replaceRule(rule, { actions: [{ Type: 'forward', TargetGroupArn: bench.site.targetGroups.blue }] });
        }
        const environment = environmentOf(bench, { steadyReads: 1 });
        const unused = await environment.observe('green', readCall());
        assert.equal(unused.ready, 0);
        assert.match(unused.whyNotReady!, /unused, Target.NotInUse/);
        await bench.traffic.setup();
        assert.equal((await environment.observe('green', readCall())).ready, 1);
      }),
  },
  {
    name: 'targets that are still checked: no user before the first one is healthy (S1)',
    run: () =>
      withBench({ server: { checkingMs: 250 } }, async (bench) => {
        const before = await bench.traffic.observe(readCall());
        assert.deepEqual(before.health?.green, { healthy: 0, total: 1 });
        // Blue is as new as green here: with a healthy side to stay on, green has to wait.
        bench.server.world.group(bench.site.targetGroups.blue).targets.length = 0;
        bench.server.world
          .group(bench.site.targetGroups.blue)
          .targets.push({ id: 'old', port: 80, registeredAt: 0, leavingAt: null });
        await fails(bench.traffic.route(targetOf(5), before, writeCall()), 'alb/group-unhealthy', 'retry');
        assert.deepEqual(bench.writes(), []);
        await until(async () => (await bench.traffic.observe(readCall())).health?.green.healthy === 1);
        await bench.traffic.route(targetOf(5), before, writeCall());
      }),
  },
  {
    name: 'a group without targets gets nobody',
    run: () =>
      withBench({}, async (bench) => {
        bench.server.world.group(bench.site.targetGroups.green).targets.length = 0;
        const before = await bench.traffic.observe(readCall());
        await fails(bench.traffic.route(targetOf(5), before, writeCall()), 'alb/group-empty', 'retry');
      }),
  },
  {
    name: 'fail-open: a group whose targets are all sick would get users, so it gets no weight',
    run: () =>
      withUsers(0, async (bench, ports) => {
        bench.server.world.sick.add(`127.0.0.1:${ports.green}`);
        const before = await bench.traffic.observe(readCall());
        await fails(bench.traffic.route(targetOf(100), before, writeCall()), 'alb/group-unhealthy', 'retry');
        assert.equal((await ask(ports.users)).slot, 'blue');
        // What would have come of it: the load balancer sends users to sick targets.
        bench.server.world.sick.delete(`127.0.0.1:${ports.green}`);
        await bench.traffic.route(targetOf(100), before, writeCall());
        bench.server.world.sick.add(`127.0.0.1:${ports.green}`);
        assert.equal((await ask(ports.users)).slot, 'green');
      }),
  },
  {
    name: 'the last healthy slot is not left for a sick one; where both are sick, a rollback goes on (S14)',
    run: () =>
      withBench({}, async (bench) => {
        await shift(bench.traffic, targetOf(100));
        bench.server.world.sick.add('10.0.0.1:80');
        const seen = await bench.traffic.observe(readCall());
        await fails(bench.traffic.route(targetOf(0), seen, writeCall()), 'alb/group-unhealthy', 'retry');
        bench.server.world.sick.add('10.0.0.2:80');
        await bench.traffic.route(targetOf(0), seen, writeCall());
      }),
  },
  {
    name: 'propagation: a probe says sampled only when every node follows, and the slot that was left is not drained before',
    run: () =>
      withUsers(400, async (bench, ports) => {
        const probe = {
          url: `http://127.0.0.1:${ports.users}/`,
          samples: 12,
          slotOf: ({ headers }: { headers: Readonly<Record<string, unknown>> }) =>
            headers['x-slot'] === 'blue' || headers['x-slot'] === 'green' ? headers['x-slot'] : null,
        };
        const traffic = albTraffic({ ...bench.options, probe, propagation: '500ms' });
        await until(async () => (await traffic.observe(readCall())).proof === 'sampled');
        await shift(traffic, targetOf(100));
        const early = await traffic.observe(readCall());
        assert.equal(early.proof, 'accepted');
        assert.equal(early.drain!.blue.kind, 'counted');
        await until(async () => (await traffic.observe(readCall())).proof === 'sampled');
        assert.equal((await traffic.observe(readCall())).drain!.blue.kind, 'bounded');
      }),
  },
  {
    name: 'a bound client stays on its group at any weight, and is let go with the last step',
    run: () =>
      withUsers(0, async (bench, ports) => {
        const traffic = albTraffic({ ...bench.options, stickiness: '1h' });
        const bound = { cohort: { kind: 'bound' } } as const;
        await shift(traffic, targetOf(50, bound));
        let cookie = '';
        await until(async () => {
          const answer = await ask(ports.users);
          cookie = answer.cookie;
          return answer.slot === 'blue';
        });
        await shift(traffic, targetOf(99, bound));
        assert.equal((await ask(ports.users, cookie)).slot, 'blue');
        await shift(traffic, targetOf(100, bound));
        assert.equal((await ask(ports.users, cookie)).slot, 'green');
      }),
  },
  {
    name: 'InvalidTarget: the targets are asked for again, nothing counts as deployed',
    run: () =>
      withBench({}, async (bench) => {
        const environment = environmentOf(bench, { deploy: async () => [{ id: 'i-gone', port: 80 }] });
        await fails(environment.converge(goal('green', 'v2'), convergeCall()), 'alb/target-invalid', 'recompute');
        assert.equal((await environment.observe('green', readCall())).version, 'unknown');
      }),
  },
  {
    name: 'draining: machines end after the last target is gone, not when a deregistration is accepted',
    run: () =>
      withBench({ server: { secondMs: 10 } }, async (bench) => {
        let left = -1;
        const { world } = bench.server;
        const group = world.group(bench.site.targetGroups.green);
        const environment = environmentOf(bench, {
          async retire() {
            left = world.states(group).length;
          },
        });
        await environment.converge(goal('green', 'v2'), convergeCall());
        const retiring = environment.converge(goal('green', null), convergeCall());
        await until(async () => (await environment.observe('green', readCall())).drain!.open > 0);
        await retiring;
        assert.equal(left, 0);
        assert.equal((await environment.observe('green', readCall())).version, null);
      }),
  },
  {
    name: 'throttled while draining: longer, never over (S11)',
    run: () =>
      withBench({ server: { secondMs: 5 } }, async (bench) => {
        const ended: number[] = [];
        const environment = environmentOf(bench, { retire: async () => void ended.push(Date.now()) });
        await environment.converge(goal('green', 'v2'), convergeCall());
        const { calls } = bench.server;
        const deployed = calls.length;
        const retiring = environment.converge(goal('green', null), convergeCall());
        await until(async () => calls.slice(deployed).some(({ action }) => action === 'DeregisterTargets'));
        bench.server.always('DescribeTargetHealth', { kind: 'refuse', code: 'Throttling' });
        const asked = bench.server.calls.length;
        await until(async () => bench.server.calls.length > asked + 6);
        assert.deepEqual(ended, []);
        bench.server.always('DescribeTargetHealth', null);
        await retiring;
        assert.equal(ended.length, 1);
      }),
  },
  {
    name: 'TargetGroupNotFound while retiring: there is nothing left to retire',
    run: () =>
      withBench({}, async (bench) => {
        const environment = environmentOf(bench);
        await environment.converge(goal('green', 'v2'), convergeCall());
        bench.server.next('DeregisterTargets', { kind: 'refuse', code: 'TargetGroupNotFound' });
        bench.server.always('DescribeTargetHealth', { kind: 'refuse', code: 'TargetGroupNotFound' });
        bench.server.always('DescribeTargetGroupAttributes', { kind: 'refuse', code: 'TargetGroupNotFound' });
        await environment.converge(goal('green', null), convergeCall());
      }),
  },
  {
    name: 'health that flaps: more ready targets count when two reads in a row show them',
    run: () =>
      withBench({}, async (bench) => {
        const environment = environmentOf(bench);
        bench.server.world.sick.add('10.0.0.2:80');
        assert.equal((await environment.observe('green', readCall())).ready, 0);
        bench.server.world.sick.delete('10.0.0.2:80');
        const first = await environment.observe('green', readCall());
        assert.deepEqual([first.ready, first.whyNotReady], [0, '1 healthy, not yet for long']);
        assert.equal((await environment.observe('green', readCall())).ready, 1);
      }),
  },
  {
    name: 'an account that is throttled: each call is asked a bounded number of times (L3)',
    run: () =>
      withBench({ server: { allowance: { reads: 40, writes: 40, perSecond: 0 } } }, async (bench) => {
        const { calls } = bench.server;
        const isRefused = () =>
          bench.traffic.observe(readCall()).then(
            () => false,
            () => true,
          );
        await until(isRefused);
        const before = calls.length;
        for (let read = 0; read < 3; read += 1) assert.ok(await isRefused());
        // Two listeners and two groups, each asked at most three times a read; the read before may still end.
        assert.ok(calls.length - before <= 4 * 12, `${calls.length - before} requests for three reads`);
      }),
  },
];
