// A real release through two Deployments and the selector of a Service: v1 serves, v2 is deployed, checked and given all
// users, and v1 is retired. Needs KUBECONFIG; works in a namespace of its own, which it removes at the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createReleaser, definePolicy, fileJournal } from '@bluegreen/core';
import { deploymentEnvironment, kubernetesCluster, serviceTraffic } from '@bluegreen/kubernetes';
import { liveReport, terminalOptions } from '@bluegreen/report';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';

const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
const core = kubeConfig.makeApiClient(CoreV1Api);
const apps = kubeConfig.makeApiClient(AppsV1Api);
const namespace = `bluegreen-example-${process.pid}`;
const journal = mkdtempSync(join(tmpdir(), 'bluegreen-example-'));

// 1. What you have: two Deployments that differ in their slot, and a Service.
await core.createNamespace({ body: { metadata: { name: namespace } } });
for (const [slot, replicas] of [
  ['blue', 2],
  ['green', 0],
] as const) {
  const labels = { app: 'web', 'bluegreen.dev/slot': slot };
  const lifecycle = { preStop: { sleep: { seconds: 5 } } };
  const containers = [
    { name: 'web', image: 'registry.k8s.io/e2e-test-images/agnhost:2.52', args: ['netexec'], lifecycle },
  ];
  const spec = {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: `web-${slot}` }, spec } });
}
const selector = { app: 'web', 'bluegreen.dev/slot': 'blue' };
await core.createNamespacedService({
  namespace,
  body: { metadata: { name: 'web' }, spec: { selector, ports: [{ port: 8080 }] } },
});

// 2. The two halves of a service: what routes to it, and where its versions run.
const cluster = kubernetesCluster({ kubeConfig });
// Whoever made the objects owns their fields: here this program did, by a client that names itself so.
const overrule = ['node-fetch'];
const traffic = serviceTraffic({ cluster, namespace, service: 'web', settle: '1s', overrule });
const environment = deploymentEnvironment({
  cluster,
  namespace,
  deployments: { blue: 'web-blue', green: 'web-green' },
  overrule,
  image: ({ version }) => `registry.k8s.io/e2e-test-images/agnhost:${version}`,
});

// 3. What a safe release means, as data.
const policy = definePolicy({
  shift: [{ to: 100 }],
  bake: { for: '2s' },
  retire: { after: '1s', drain: '1s' },
});

// 4. The release, shown while it runs.
const releaser = createReleaser({ services: { web: { traffic, environment } }, journal: fileJournal(journal) });
try {
  while ((await environment.observe('blue', { signal: AbortSignal.timeout(60_000) })).ready < 2) await setTimeout(200);
  await traffic.setup({ adopt: 'blue' }); // once per service: blue serves now
  const release = await releaser.start({ versions: { web: '2.53' }, policy, requestedBy: 'example' });
  const live = liveReport({
    write: (text) => process.stdout.write(text),
    ...terminalOptions(process.stdout, process.env),
  });
  for await (const record of release.records()) live.push(record);
  live.end();
  console.log(`\n${(await release.explain()).sentence}`);
} finally {
  await releaser.close();
  cluster.close();
  await core.deleteNamespace({ name: namespace });
  rmSync(journal, { recursive: true });
}
