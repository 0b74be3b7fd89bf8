import { everythingTo } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KubernetesCluster, kubernetesCluster } from './cluster.js';
import {
  deploymentOf,
  hasControlPlane,
  openNamespace,
  serviceOf,
  slotLabel,
  type TestNamespace,
  untilAvailable,
} from './control-plane.fixture.js';
import { deploymentEnvironment } from './deployment-environment.js';
import { routeKind, routeOf } from './gateway-controller.fixture.js';
import { gatewayTraffic } from './gateway-traffic.js';
import { permissions } from './permissions.js';
import { type PodAccount, podAccount } from './pod-account.fixture.js';
import { serviceAccount } from './service-account.js';
import { serviceTraffic } from './service-traffic.js';

describe.runIf(hasControlPlane('that the Role is enough and not more'))('permissions', { timeout: 60_000 }, () => {
  let namespace: TestNamespace;
  let account: PodAccount;
  let cluster: KubernetesCluster;
  const signal = () => AbortSignal.timeout(20_000);
  const call = (sequence: number) => ({
    signal: signal(),
    fence: { epoch: 1, sequence },
    idempotencyKey: `key-${sequence}`,
    confirm: async () => {},
  });
  const adapters = () => {
    const common = { cluster, namespace: namespace.name, settle: '0s' };
    return {
      service: serviceTraffic({ ...common, service: 'web', preview: 'web-preview' }),
      gateway: gatewayTraffic({ ...common, route: 'web', services: { blue: 'web-blue', green: 'web-green' } }),
      environment: deploymentEnvironment({
        cluster,
        namespace: namespace.name,
        deployments: { blue: 'web-blue', green: 'web-green' },
        image: ({ version }) => `web:${version}`,
      }),
    };
  };

  beforeAll(async () => {
    namespace = await openNamespace();
    for (const slot of ['blue', 'green']) {
      await namespace.create('apps/v1/deployments', deploymentOf('web', slot, 1));
      await namespace.create('services', serviceOf(`web-${slot}`, { app: 'web', [slotLabel]: slot }));
    }
    for (const name of ['web', 'web-preview', 'other'])
      await namespace.create('services', serviceOf(name, { app: 'web' }));
    await namespace.create(routeKind, routeOf('web', 'web-blue'));
    await untilAvailable(namespace, 'web-blue');
    account = await podAccount(namespace, 'releaser');
    cluster = kubernetesCluster({ kubeConfig: serviceAccount(account) });
  }, 60_000);
  afterAll(async () => {
    cluster?.close();
    account?.remove();
    await namespace?.close();
  });

  const needs = { audiences: [], cohort: 'per-request', preview: false, mirror: false, percents: [100] } as const;

  test('without the Role preflight names every right that is missing', async () => {
    const { service, environment, gateway } = adapters();
    const found = [
      ...(await service.preflight!(needs, { signal: signal() })),
      ...(await gateway.preflight!(needs, { signal: signal() })),
      ...(await environment.preflight!({ version: 'v2', atLeast: 1 }, { signal: signal() })),
    ];
    expect(new Set(found.map(({ code }) => code))).toEqual(new Set(['kubernetes/forbidden']));
    const text = found.map(({ message }) => message).join('\n');
    for (const right of [
      'patch services/web',
      'patch httproutes/web',
      'patch deployments/web-green',
      'watch endpointslices',
    ]) {
      expect(text).toContain(right);
    }
  });

  test('with the Role everything works, and nothing beside it', async () => {
    const { service, environment, gateway } = adapters();
    const manifests = permissions({
      namespace: namespace.name,
      account: { name: 'releaser' },
      adapters: [service, gateway, environment],
    });
    expect(JSON.stringify(manifests)).not.toContain('*');
    for (const manifest of manifests) {
      await namespace.create(`rbac.authorization.k8s.io/v1/${manifest.kind.toLowerCase()}s`, manifest);
    }
    await service.setup({ adopt: 'blue' });
    await gateway.setup({ adopt: 'blue' });
    for (const router of [service, gateway]) {
      const found = await router.preflight!(needs, { signal: signal() });
      expect(found.filter(({ severity }) => severity === 'refuse')).toEqual([]);
      const { revision } = await router.observe({ signal: signal(), mayLag: true });
      await router.route(everythingTo('blue', { fallback: null }), { revision }, call(1));
    }
    const found = await environment.preflight!({ version: 'v2', atLeast: 1 }, { signal: signal() });
    expect(found.filter(({ severity }) => severity === 'refuse')).toEqual([]);
    const target = { slot: 'green', atLeast: 1, autoscaling: 'free', workers: 'active' } as const;
    await environment.converge({ ...target, release: { id: 'r1', version: 'v2' } }, call(1));
    await environment.converge({ ...target, release: null }, call(2));
    const other = serviceTraffic({ cluster, namespace: namespace.name, service: 'other' });
    await expect(other.setup()).rejects.toMatchObject({ code: 'kubernetes/forbidden', reaction: 'permanent' });
  });
});
