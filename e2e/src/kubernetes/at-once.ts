import { createReleaser, memoryJournal } from '@bluegreen/core';
import { type KubeConfigLike, kubernetesCluster } from '@bluegreen/kubernetes';
import { slotLabel, type TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { adaptersOf, type SiteOptions } from './adapters.js';
import { quantile } from './quantiles.js';
import { makeSite } from './site.js';

/** Many releases of many services in one process, started at the same moment. */
export async function manyAtOnce(namespace: TestNamespace, count: number) {
  const sites: SiteOptions[] = [];
  for (let made = 0; made < count; made += 10) {
    const some = Array.from({ length: Math.min(10, count - made) }, (_, index) => `once-${made + index}`);
    sites.push(...(await Promise.all(some.map((app) => makeSite(namespace, app, 'service', { isHeadless: true })))));
  }
  let requests = 0;
  // As a user has it, with its own time for a request: with all at once the server itself takes seconds for some.
  const cluster = kubernetesCluster({ kubeConfig: counted(namespace.kubeConfig, () => (requests += 1)) });
  const releaser = createReleaser({
    services: Object.fromEntries(sites.map((site) => [site.app, adaptersOf(cluster, site, '10s')])),
    journal: memoryJournal(),
  });
  const took: number[] = [];
  const own: number[] = [];
  let promoted = 0;
  try {
    await Promise.all(
      sites.map(async ({ app }) => {
        const startedAt = performance.now();
        const release = await releaser.start({
          versions: { [app]: 'v2' },
          policy: {
            prepare: { readyWithin: '2m' },
            shift: [{ to: 100 }],
            retire: { after: 'immediately', drain: '0s' },
            limits: { poll: '200ms', call: '20s' },
          },
          requestedBy: 'e2e',
        });
        let ready = Number.NaN;
        for await (const event of release) {
          if (event.type === 'phase-entered' && event.phase === 'verifying') ready = performance.now();
          if (event.type === 'release-promoted') {
            promoted += 1;
            own.push(performance.now() - ready);
            took.push(performance.now() - startedAt);
          }
        }
      }),
    );
  } finally {
    await releaser.close();
    cluster.close();
  }
  const bare = await barePatches(namespace, sites);
  return {
    atOnce: count,
    atOncePromoted: promoted,
    atOnceP50Ms: quantile(took, 0.5),
    atOnceMaxMs: quantile(took, 1),
    // From every pod ready to promoted: what is not the cluster's making of pods.
    atOnceOwnP50Ms: quantile(own, 0.5),
    atOnceOwnMaxMs: quantile(own, 1),
    atOnceBareP50Ms: quantile(bare, 0.5),
    atOnceRequestsPerRelease: Math.round((requests / count) * 10) / 10,
  };
}

/** Credentials are asked for with every request. A proxy would count as well, and take its share of this process. */
function counted(kubeConfig: KubeConfigLike, onRequest: () => void): KubeConfigLike {
  return {
    getCurrentCluster: () => kubeConfig.getCurrentCluster(),
    applyToHTTPSOptions(options) {
      onRequest();
      return kubeConfig.applyToHTTPSOptions(options);
    },
  };
}

/** The same number of writes per service as that part needs, one after the other, and nothing else: its floor here. */
function barePatches(namespace: TestNamespace, sites: readonly SiteOptions[]): Promise<number[]> {
  return Promise.all(
    sites.map(async ({ app }) => {
      const startedAt = performance.now();
      for (const [name, slot] of [
        [`${app}-preview`, 'blue'],
        [app, 'blue'],
        [`${app}-preview`, 'none'],
      ] as const) {
        await namespace.patch('services', name, { spec: { selector: { [slotLabel]: slot } } });
      }
      return performance.now() - startedAt;
    }),
  );
}
