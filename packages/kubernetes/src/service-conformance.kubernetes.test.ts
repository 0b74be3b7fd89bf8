import { type TrafficBench, testTrafficAdapter } from '@bluegreen/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { startApiProxy } from './api-proxy.fixture.js';
import { kubernetesCluster } from './cluster.js';
import {
  deploymentOf,
  hasControlPlane,
  openNamespace,
  serviceOf,
  slotLabel,
  type TestNamespace,
  untilAvailable,
} from './control-plane.fixture.js';
import type { ServiceObject } from './objects.js';
import { serviceTraffic } from './service-traffic.js';

const notShown = {
  'traffic-after-restart': 'kube-proxy is not there: no pod of this control plane serves',
};

describe.runIf(hasControlPlane('that a Service keeps the rules of conformance'))('a Service', () => {
  let namespace: TestNamespace;
  let count = 0;
  beforeAll(async () => {
    namespace = await openNamespace();
    for (const slot of ['blue', 'green']) await namespace.create('apps/v1/deployments', deploymentOf('web', slot, 2));
    for (const slot of ['blue', 'green']) await untilAvailable(namespace, `web-${slot}`);
  }, 60_000);
  afterAll(() => namespace?.close());

  const makeBench = async (): Promise<TrafficBench> => {
    count += 1;
    const service = `web-${count}`;
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
        async loseReply() {
          proxy.fault = ({ isWrite }) => {
            if (!isWrite) return null;
            proxy.fault = () => null;
            return 'cut-after';
          };
        },
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
        async hang() {
          proxy.fault = () => 'hang';
          return async () => {
            proxy.fault = () => null;
          };
        },
        async disconnect() {
          proxy.fault = () => 'cut-before';
          proxy.cutAll();
          return async () => {
            proxy.fault = () => null;
          };
        },
        serve: () => servedBy(namespace, service),
      },
      async close() {
        for (const cluster of clusters) cluster.close();
        await proxy.close();
      },
    };
  };
  testTrafficAdapter({ describe, test }, makeBench, { notShown });
});

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
