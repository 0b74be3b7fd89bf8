import type { EnvironmentObservation, ReadCall, Slot } from '@bluegreen/contract';
import { isFrozen, readAutoscaler } from './autoscaler.js';
import type { Reading } from './collection.js';
import { containerOf, deployedOf } from './deployment-intent.js';
import type { DeploymentObject } from './deployment-object.js';
import type { DeploymentSettings } from './deployment-options.js';
import { readinessOf } from './deployment-ready.js';
import type { Pod } from './objects.js';
import { specFingerprint } from './parity.js';
import { markOf } from './stamp.js';

/** What runs in a slot. */
export async function observeDeployment(
  settings: DeploymentSettings,
  slot: Slot,
  { signal, mayLag = false }: ReadCall,
): Promise<EnvironmentObservation> {
  const reading: Reading = { signal, fresh: !mayLag };
  const [object, worker, autoscaler] = await Promise.all([
    readDeployment(settings, settings.deployments[slot], reading),
    settings.workers === null ? null : readDeployment(settings, settings.workers.deployments[slot], reading),
    readAutoscaler(settings, slot, reading),
  ]);
  const url = settings.url === null ? {} : { url: settings.url(slot) };
  const workers =
    settings.workers === null ? {} : { workers: isIdle(worker) ? ('idle' as const) : ('active' as const) };
  const scaling =
    autoscaler === null ? {} : { autoscaling: isFrozen(autoscaler) ? ('frozen' as const) : ('free' as const) };
  const more = { ...workers, ...scaling, ...url };
  if (object === null) return { version: null, desired: 0, ready: 0, whyNotReady: 'there is no Deployment', ...more };
  const pods = await readSlotPods(settings, object, slot, reading);
  const mark = markOf(object);
  const desired = object.spec.replicas ?? 1;
  const { ready, why } = readinessOf(object, pods, settings.cluster.clock.now());
  return {
    ...running(settings, object, pods),
    ...(mark === null ? {} : { fence: mark.fence }),
    desired,
    ready,
    ...(why === null ? {} : { whyNotReady: why }),
    spec: specFingerprint(object, settings),
    ...more,
  };
}

/** Which version, and of which release. A slot is empty only when the last of its pods is gone. */
function running(
  settings: DeploymentSettings,
  object: DeploymentObject,
  pods: readonly Pod[],
): Pick<EnvironmentObservation, 'version' | 'releaseId'> {
  const isSeen = (object.status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);
  if (object.spec.replicas === 0 && isSeen && pods.length === 0) return { version: null };
  const deployed = deployedOf(object, settings.container);
  if (deployed !== null) return { version: deployed.version, releaseId: deployed.release };
  return { version: containerOf(object.spec, settings.container)?.image ?? 'unknown' };
}

function isIdle(worker: DeploymentObject | null): boolean {
  return worker === null || worker.spec.replicas === 0;
}

export function readDeployment(
  { cluster, namespace }: DeploymentSettings,
  name: string,
  reading: Reading,
): Promise<DeploymentObject | null> {
  return cluster.objects<DeploymentObject>('deployments', namespace).item(name, reading);
}

export function readSlotPods(
  { cluster, namespace, slotLabel }: DeploymentSettings,
  { spec }: DeploymentObject,
  slot: Slot,
  reading: Reading,
): Promise<readonly Pod[]> {
  const pods = cluster.objects<Pod>('pods', namespace, slotLabel);
  return pods.select({ ...spec.selector.matchLabels, [slotLabel]: slot }, reading);
}
