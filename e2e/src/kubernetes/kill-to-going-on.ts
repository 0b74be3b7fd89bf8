import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { permissions } from '@bluegreen/kubernetes';
import type { TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { type PodAccount, podAccount } from '../../../packages/kubernetes/src/pod-account.fixture.js';
import type { KubernetesTask } from '../kubernetes-orchestrator.js';
import { leftAlone, startOrchestrator } from '../stage/orchestrators.js';
import { adaptersOf, openCluster, type SiteOptions } from './adapters.js';
import { EndpointWatcher, type WatchedService } from './endpoint-watcher.js';
import { withJournal } from './journal-directory.js';
import { quantile } from './quantiles.js';
import { makeSite } from './site.js';

/** What takes over after a kill, and how it knows the cluster. */
type Successor =
  /** A new process that runs as one in a pod does. */
  | 'pod'
  /** A new process that reads a kubeconfig, with the library that most use for that. */
  | 'kubeconfig'
  /** A process that was there before, in a pod, and looks out for what nobody drives. */
  | 'standby';

interface Times {
  /** From the kill to the first write of the next owner, as a watch shows it. */
  readonly goingOnMs: number[];
  /** Of that, from the kill until the program has loaded what it imports. */
  readonly loadedMs: number[];
  /** Of that, a process that does nothing: from its start to its end. */
  readonly nodeMs: number[];
}

/**
 * From kill -9 of the process to the first write of the next one: the stamp of its epoch on the Service. The account of the
 * processes in a pod has the rights of `permissions()` and no others.
 */
export async function killToGoingOn(namespace: TestNamespace, kills: number) {
  const account = await podAccount(namespace, 'releaser');
  try {
    const pod = await killAndWatch(namespace, account, 'pod', kills);
    const kubeconfig = await killAndWatch(namespace, account, 'kubeconfig', kills);
    const standby = await killAndWatch(namespace, account, 'standby', Math.ceil(kills / 3));
    return {
      killToGoingOnP50Ms: quantile(pod.goingOnMs, 0.5),
      killToGoingOnMinMs: quantile(pod.goingOnMs, 0),
      killToGoingOnMaxMs: quantile(pod.goingOnMs, 1),
      killToLoadedP50Ms: quantile(pod.loadedMs, 0.5),
      emptyProcessP50Ms: quantile([...pod.nodeMs, ...kubeconfig.nodeMs], 0.5),
      killToGoingOnByKubeconfigP50Ms: quantile(kubeconfig.goingOnMs, 0.5),
      killToLoadedByKubeconfigP50Ms: quantile(kubeconfig.loadedMs, 0.5),
      killToStandbyP50Ms: quantile(standby.goingOnMs, 0.5),
      killToStandbyMaxMs: quantile(standby.goingOnMs, 1),
    };
  } finally {
    account.remove();
  }
}

function killAndWatch(namespace: TestNamespace, account: PodAccount, successor: Successor, kills: number) {
  return withJournal(async (journal): Promise<Times> => {
    const site = await makeSite(namespace, `killed-by-${successor}`, 'service');
    await grant(namespace, site);
    const watcher = new EndpointWatcher(namespace.kubeConfig, namespace.name);
    await watcher.start();
    const times: Times = { goingOnMs: [], loadedMs: [], nodeMs: [] };
    const by = successor === 'kubeconfig' ? null : { directory: account.directory, server: account.server };
    try {
      for (let round = 1; round <= kills; round += 1) {
        const releaseId = `${site.app}-${round}`;
        const versions = { web: `v${round + 1}` };
        // A standby needs time to load, and a release that still goes on after that.
        const bakeFor: KubernetesTask['bakeFor'] = successor === 'standby' ? '5s' : '1ms';
        const run = { leaseTtlMs: 15_000, bakeFor, ...leftAlone };
        const task = { journal, site, account: by, releaseId, versions, ...run };
        await killOnce(namespace, watcher, task, successor === 'standby', times);
        times.nodeMs.push(await emptyProcess());
      }
    } finally {
      watcher.stop();
    }
    return times;
  });
}

async function killOnce(
  namespace: TestNamespace,
  watcher: EndpointWatcher,
  task: KubernetesTask,
  hasStandby: boolean,
  times: Times,
): Promise<void> {
  const { app } = task.site;
  const before = epochOf(await namespace.get<WatchedService>('services', app));
  const begun = watcher.serviceIs(app, (service) => epochOf(service) > before);
  const first = startOrchestrator('kubernetes-orchestrator', task);
  await begun;
  const waiting = hasStandby ? startOrchestrator('kubernetes-orchestrator', { ...task, follow: true }) : null;
  await waiting?.started;
  const claimed = epochOf(await namespace.get<WatchedService>('services', app));
  const goesOn = watcher.serviceIs(app, (service) => epochOf(service) > claimed);
  first.child.kill('SIGKILL');
  const killedAt = performance.now();
  const second = waiting ?? startOrchestrator('kubernetes-orchestrator', task);
  const loaded = second.started.then(() => performance.now());
  times.goingOnMs.push((await goesOn) - killedAt);
  times.loadedMs.push((await loaded) - killedAt);
  const [, { report, problem }] = await Promise.all([first.ended, second.ended]);
  if (report?.end !== 'promoted') throw new Error(`${task.releaseId}: ${problem ?? report?.sentence}`);
}

async function emptyProcess(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0']), 'exit');
  return performance.now() - startedAt;
}

/** Of the stamp that the adapter writes beside the selector. */
function epochOf({ metadata }: WatchedService): number {
  return Number(metadata.annotations?.['bluegreen.dev/stamp']?.split('.')[0] ?? 0);
}

async function grant(namespace: TestNamespace, site: SiteOptions): Promise<void> {
  const cluster = openCluster(namespace.kubeConfig);
  const { traffic, environment } = adaptersOf(cluster, site);
  const account = { name: 'releaser' };
  const role = `releaser-${site.app}`;
  for (const manifest of permissions({
    namespace: namespace.name,
    account,
    adapters: [traffic, environment],
    name: role,
  })) {
    await namespace.create(`rbac.authorization.k8s.io/v1/${manifest.kind.toLowerCase()}s`, manifest);
  }
  cluster.close();
}
