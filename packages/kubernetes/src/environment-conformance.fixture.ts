import type { EnvironmentBench } from '@bluegreen/conformance';
import { startApiProxy } from './api-proxy.fixture.js';
import { kubernetesCluster } from './cluster.js';
import { autoscalerKind, autoscalerOf, deploymentOf, slotLabel, type TestNamespace } from './control-plane.fixture.js';
import { deploymentEnvironment } from './deployment-environment.js';
import type { Pod } from './objects.js';
import { disconnect, hang, loseReply } from './trouble.fixture.js';

export async function environmentBench(namespace: TestNamespace): Promise<EnvironmentBench> {
  const app = `app-${crypto.randomUUID().slice(0, 8)}`;
  const autoscalers = { blue: `${app}-blue`, green: `${app}-green` };
  const workers = { deployments: { blue: `${app}-worker-blue`, green: `${app}-worker-green` }, replicas: 1 };
  for (const slot of ['blue', 'green']) {
    await namespace.create('apps/v1/deployments', deploymentOf(`${app}-worker`, slot, 0));
    await namespace.create(autoscalerKind, autoscalerOf(`${app}-${slot}`, 1, 9));
  }
  await namespace.create('configmaps', { metadata: { name: app }, data: { note: 'mine' } });
  const proxy = await startApiProxy(namespace.kubeConfig);
  const clusters: { close(): void }[] = [];
  const open = () => {
    const cluster = kubernetesCluster({ kubeConfig: proxy.kubeConfig });
    clusters.push(cluster);
    return deploymentEnvironment({
      cluster,
      namespace: namespace.name,
      deployments: { blue: `${app}-blue`, green: `${app}-green` },
      image: ({ version }) => `web:${version}`,
      template: {
        spec: {
          selector: { matchLabels: { app } },
          template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'web' }] } },
        },
      },
      workers,
      autoscalers,
      writeTimeout: '1s',
    });
  };
  return {
    open,
    versions: { good: ['v1', 'v2'], broken: 'broken' },
    secrets: [],
    harness: {
      // The last request of a write: before it, nothing of it is to be seen.
      loseReply: () => loseReply(proxy, ({ path }) => path.endsWith(`/${app}-blue`) || path.endsWith(`/${app}-green`)),
      hang: () => hang(proxy),
      disconnect: () => disconnect(proxy),
      neighbours: async () => JSON.stringify(await namespace.get('configmaps', app)),
      async leftovers(slot) {
        const pods = await namespace.list<Pod>('pods', `app=${app},${slotLabel}=${slot}`);
        return pods.map(({ metadata }) => metadata.name);
      },
    },
    async close() {
      for (const cluster of clusters) cluster.close();
      await proxy.close();
    },
  };
}

/** Pods of the version `broken` cannot be made here, as with a policy or a quota that forbids them. */
export async function refuseBrokenPods(namespace: TestNamespace): Promise<void> {
  const { name } = namespace;
  const base = '/apis/admissionregistration.k8s.io/v1';
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
  const matchResources = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
  await namespace.ask('POST', `${base}/validatingadmissionpolicies`, {
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: "!object.spec.containers.exists(c, c.image.endsWith(':broken'))" }],
    },
  });
  await namespace.ask('POST', `${base}/validatingadmissionpolicybindings`, {
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'], matchResources },
  });
  const pod = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'web', image: 'web:broken' }] } };
  await namespace.until('broken pods are refused', async () => {
    try {
      await namespace.ask('POST', `${namespace.path('pods')}?dryRun=All`, pod);
      return false;
    } catch (error) {
      return String(error).includes(name);
    }
  });
}

/** Lets them be made again. */
export async function allowBrokenPods(namespace: TestNamespace): Promise<void> {
  for (const kind of ['validatingadmissionpolicies', 'validatingadmissionpolicybindings']) {
    await namespace.ask('DELETE', `/apis/admissionregistration.k8s.io/v1/${kind}/${namespace.name}`);
  }
}
