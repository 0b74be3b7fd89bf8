import type { TrafficBench } from '@bluegreen/conformance';
import { startApiProxy } from './api-proxy.fixture.js';
import { kubernetesCluster } from './cluster.js';
import { deploymentOf, serviceOf, slotLabel, type TestNamespace, untilAvailable } from './control-plane.fixture.js';
import { routeKind, routeOf } from './gateway-controller.fixture.js';
import { gatewayTraffic } from './gateway-traffic.js';
import type { ServiceObject } from './objects.js';
import type { RouteObject } from './route-object.js';
import { serviceTraffic } from './service-traffic.js';
import { disconnect, hang, loseReply } from './trouble.fixture.js';

const noGateway = 'no Gateway runs on this control plane';

export const notShownOfService = {
  'traffic-after-restart': 'kube-proxy is not there: no pod of this control plane serves',
};

export const notShownOfGateway = {
  'traffic-proof-honest': noGateway,
  'traffic-share-served': noGateway,
  'traffic-sticky-served': noGateway,
  'traffic-audiences-served': noGateway,
  'traffic-after-restart': noGateway,
};

/** Two slots with ready pods, and a Service for each: what every router under test leads to. */
export async function makePods(namespace: TestNamespace): Promise<void> {
  for (const slot of ['blue', 'green']) {
    await namespace.create('apps/v1/deployments', deploymentOf('web', slot, 2));
    await namespace.create('services', serviceOf(`web-${slot}`, { app: 'web', [slotLabel]: slot }));
  }
  for (const slot of ['blue', 'green']) await untilAvailable(namespace, `web-${slot}`);
}

export async function serviceBench(namespace: TestNamespace): Promise<TrafficBench> {
  const service = `web-${crypto.randomUUID().slice(0, 8)}`;
  const preview = `${service}-preview`;
  for (const name of [service, preview]) await namespace.create('services', serviceOf(name, { app: 'web' }));
  const proxy = await startApiProxy(namespace.kubeConfig);
  const clusters: { close(): void }[] = [];
  const open = () => {
    const cluster = kubernetesCluster({ kubeConfig: proxy.kubeConfig });
    clusters.push(cluster);
    const options = { cluster, namespace: namespace.name, settle: '0s', writeTimeout: '1s' };
    return serviceTraffic({ ...options, service, preview });
  };
  await open().setup();
  const current = () => namespace.get<ServiceObject>('services', service);
  return {
    open,
    secrets: [],
    harness: {
      loseReply: () => loseReply(proxy),
      async editBehind() {
        const { spec } = await current();
        const other = spec.selector?.[slotLabel] === 'blue' ? 'green' : 'blue';
        await namespace.patch('services', service, { spec: { selector: { [slotLabel]: other } } });
      },
      removeBehind: () => namespace.remove('services', service),
      async neighbours() {
        const { metadata, spec } = await current();
        return JSON.stringify([metadata.labels, { ...spec, selector: null }]);
      },
      async editNeighbour() {
        await namespace.patch('services', service, { metadata: { labels: { team: 'shop' } } });
      },
      hang: () => hang(proxy),
      disconnect: () => disconnect(proxy),
      serve: () => servedBy(namespace, service),
      serveUser: () => servedBy(namespace, service),
    },
    async close() {
      for (const cluster of clusters) cluster.close();
      await proxy.close();
    },
  };
}

export interface GatewayBench {
  readonly bench: TrafficBench;
  readonly route: string;
}

export async function gatewayBench(namespace: TestNamespace, adopt?: 'blue'): Promise<GatewayBench> {
  const route = `web-${crypto.randomUUID().slice(0, 8)}`;
  await namespace.create(routeKind, routeOf(route, 'web-blue'));
  const proxy = await startApiProxy(namespace.kubeConfig);
  const clusters: { close(): void }[] = [];
  const open = () => {
    const cluster = kubernetesCluster({ kubeConfig: proxy.kubeConfig });
    clusters.push(cluster);
    return gatewayTraffic({
      cluster,
      namespace: namespace.name,
      route,
      services: { blue: 'web-blue', green: 'web-green' },
      preview: { header: 'x-preview', equals: '1' },
      mirror: true,
      settle: '0s',
      writeTimeout: '1s',
    });
  };
  await open().setup(adopt === undefined ? {} : { adopt });
  const current = () => namespace.get<RouteObject>(routeKind, route);
  const isOurs = ({ backendRefs = [] }: { backendRefs?: readonly { name: string }[] }) =>
    backendRefs.length === 0 || backendRefs.some(({ name }) => name.startsWith('web-'));
  const bench: TrafficBench = {
    open,
    secrets: [],
    harness: {
      loseReply: () => loseReply(proxy),
      async editBehind() {
        const { spec } = await current();
        const rules = spec.rules!.map((rule) =>
          (rule.backendRefs ?? []).length < 2
            ? rule
            : { ...rule, backendRefs: rule.backendRefs!.map((ref) => ({ ...ref, weight: 1 })) },
        );
        await namespace.patch(routeKind, route, { spec: { rules } });
      },
      removeBehind: () => namespace.remove(routeKind, route),
      async neighbours() {
        const { metadata, spec } = await current();
        return JSON.stringify([metadata.labels, { ...spec, rules: spec.rules!.filter((rule) => !isOurs(rule)) }]);
      },
      async editNeighbour() {
        const { spec } = await current();
        const rule = {
          matches: [{ path: { type: 'Exact', value: '/new' } }],
          backendRefs: [{ name: 'new', port: 80 }],
        };
        await namespace.patch(routeKind, route, {
          metadata: { labels: { team: 'shop' } },
          spec: { rules: [rule, ...spec.rules!] },
        });
      },
      hang: () => hang(proxy),
      disconnect: () => disconnect(proxy),
    },
    async close() {
      for (const cluster of clusters) cluster.close();
      await proxy.close();
    },
  };
  return { bench, route };
}

interface Slice {
  readonly endpoints?: readonly { readonly conditions?: { ready?: boolean }; readonly targetRef?: { name: string } }[];
}

/** Whom a new connection would reach: a node picks one of the endpoints. Read past the adapter. */
async function servedBy(namespace: TestNamespace, service: string): Promise<'blue' | 'green' | null> {
  const label = `kubernetes.io/service-name=${service}`;
  const slices = await namespace.list<Slice>('discovery.k8s.io/v1/endpointslices', label);
  const names = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  const picked = names[Math.floor(Math.random() * names.length)]?.targetRef?.name;
  return picked === undefined ? null : picked.includes('-blue-') ? 'blue' : 'green';
}
