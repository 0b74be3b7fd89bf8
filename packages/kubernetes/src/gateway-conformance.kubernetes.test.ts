import { testTrafficAdapter } from '@bluegreen/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubernetesCluster } from './cluster.js';
import { hasControlPlane, openNamespace, serviceOf, type TestNamespace } from './control-plane.fixture.js';
import { type PlayedController, playController, routeKind, routeOf } from './gateway-controller.fixture.js';
import { type GatewayTraffic, gatewayTraffic } from './gateway-traffic.js';
import { gatewayBench, makePods, notShownOfGateway } from './traffic-conformance.fixture.js';

describe.runIf(hasControlPlane('that an HTTPRoute keeps the rules of conformance'))(
  'an HTTPRoute',
  { timeout: 60_000 },
  () => {
    let namespace: TestNamespace;
    let controller: PlayedController;
    beforeAll(async () => {
      namespace = await openNamespace();
      await makePods(namespace);
      controller = playController(namespace);
    }, 60_000);
    afterAll(async () => {
      await controller?.stop();
      await namespace?.close();
    });

    testTrafficAdapter({ describe, test }, async () => (await gatewayBench(namespace)).bench, {
      notShown: notShownOfGateway,
    });

    const call = (sequence: number) => ({
      signal: AbortSignal.timeout(20_000),
      fence: { epoch: 1, sequence },
      idempotencyKey: `key-${sequence}`,
    });
    const see = (traffic: GatewayTraffic) => traffic.observe({ signal: AbortSignal.timeout(20_000) });
    const to = (slot: 'blue' | 'green') => ({
      ...({ weights: slot === 'blue' ? { blue: 100, green: 0 } : { blue: 0, green: 100 } } as const),
      candidate: null,
      fallback: null,
      preview: null,
      audiences: [],
      cohort: { kind: 'per-request' } as const,
      mirror: null,
    });

    test('is proven when every Gateway has taken the generation, and touches no slot before that (S10)', async () => {
      const { bench } = await gatewayBench(namespace, 'blue');
      const traffic = bench.open() as GatewayTraffic;
      controller.mode = 'silent';
      try {
        const { revision } = await see(traffic);
        await traffic.route(to('green'), { revision }, call(1));
        const early = await see(traffic);
        expect(early).toMatchObject({ proof: 'accepted', routing: { kind: 'split', target: to('green') } });
        expect(early.afterRestart).toMatchObject({
          summary: expect.stringContaining('kubernetes/not-converged: public'),
        });
        controller.mode = 'reject';
        await namespace.until('the rejection is seen', async () =>
          JSON.stringify((await see(traffic)).afterRestart ?? '').includes('NotAllowedByListeners'),
        );
        // A rollback waits for no Gateway (S28).
        await traffic.route(to('blue'), { revision: (await see(traffic)).revision }, call(2));
        controller.mode = 'accept';
        await namespace.until('it is proven', async () => (await see(traffic)).proof === 'proven');
      } finally {
        controller.mode = 'accept';
        await bench.close!();
      }
    });

    test('a slot whose Service has no ready endpoint gets no share (S7)', async () => {
      const { bench, route } = await gatewayBench(namespace, 'blue');
      const cluster = kubernetesCluster({ kubeConfig: namespace.kubeConfig });
      await namespace.create('services', serviceOf(`${route}-empty`, { app: 'nobody' }));
      await namespace.create(routeKind, routeOf(`${route}-b`, 'web-blue'));
      const options = { cluster, namespace: namespace.name, route: `${route}-b`, settle: '0s' };
      const traffic = gatewayTraffic({ ...options, services: { blue: 'web-blue', green: `${route}-empty` } });
      await traffic.setup({ adopt: 'blue' });
      const { revision } = await see(traffic);
      await expect(traffic.route(to('green'), { revision }, call(1))).rejects.toMatchObject({
        code: 'kubernetes/slot-empty',
      });
      cluster.close();
      await bench.close!();
    });

    test('preflight tries the largest write of the release on the server', async () => {
      const { bench } = await gatewayBench(namespace, 'blue');
      const traffic = bench.open() as GatewayTraffic;
      const signal = AbortSignal.timeout(20_000);
      await namespace.until('the Gateway has the route', async () => (await see(traffic)).afterRestart === undefined);
      const audiences = Array.from({ length: 20 }, (_, index) => ({
        name: `a${index}`,
        match: { header: 'x-team', equals: `${index}` },
      }));
      const needs = { audiences: [], cohort: 'per-request', preview: true, mirror: true, percents: [10, 100] } as const;
      expect(await traffic.preflight!(needs, { signal })).toEqual([]);
      expect(await traffic.preflight!({ ...needs, audiences }, { signal })).toMatchObject([
        { code: 'kubernetes/refused' },
      ]);
      await bench.close!();
    });
  },
);
