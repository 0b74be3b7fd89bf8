import { everythingTo } from '@bluegreen/contract';
import { slotLabel, type TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { openCluster, trafficOf } from './adapters.js';
import { quantile } from './quantiles.js';
import { makeSite } from './site.js';

/** `route` beside the bare request that it has to send, in turns, over the same kind of kept connection. */
export async function overheadOfRoute(namespace: TestNamespace, rounds: number) {
  const site = await makeSite(namespace, 'overhead', 'service');
  const cluster = openCluster(namespace.kubeConfig);
  const traffic = trafficOf(cluster, site);
  const routes: number[] = [];
  const bare: number[] = [];
  try {
    for (let sequence = 1; sequence <= rounds; sequence += 1) {
      const signal = AbortSignal.timeout(10_000);
      const { revision } = await traffic.observe({ signal, mayLag: true });
      const call = { signal, fence: { epoch: 1, sequence }, idempotencyKey: `${sequence}` };
      let startedAt = performance.now();
      await traffic.route(everythingTo('blue', { fallback: null, preview: null }), { revision }, call);
      routes.push(performance.now() - startedAt);
      const manifest = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { annotations: { note: `${sequence}` } },
        spec: { selector: { app: site.app, [slotLabel]: 'blue' } },
      };
      startedAt = performance.now();
      await namespace.patch('services', `${site.app}-blue`, manifest, { manager: 'bare', apply: true, force: true });
      bare.push(performance.now() - startedAt);
    }
  } finally {
    cluster.close();
  }
  const [routeP50Ms, bareP50Ms] = [quantile(routes, 0.5), quantile(bare, 0.5)];
  return { routeP50Ms, bareRequestP50Ms: bareP50Ms, routeToBare: Math.round((routeP50Ms / bareP50Ms) * 100) / 100 };
}
