import { releaseName } from './deployment-intent.js';
import type { DeploymentObject } from './deployment-object.js';
import { isReadyPod, type Pod } from './objects.js';

/** How ready a Deployment is, as far as a release may rely on it. */
export interface Readiness {
  readonly ready: number;
  /** For people; `null` when nothing is missing. */
  readonly why: string | null;
}

/**
 * What `kubectl rollout status` looks at (kubectl, rollout_status.go), read from one object. As long as pods of the old
 * template are left, less than the whole counts: they would get users, too. While the status is about an older spec, the
 * pods themselves are counted.
 */
export function readinessOf(object: DeploymentObject, pods: readonly Pod[]): Readiness {
  const { spec, status = {}, metadata } = object;
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const old = Math.max(0, replicas - updatedReplicas);
  const release = spec.template.metadata?.annotations?.[releaseName];
  const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const current = living.filter((pod) => pod.metadata.annotations?.[releaseName] === release);
  const available = isObserved ? Math.max(0, availableReplicas - old) : current.filter(isReadyPod).length;
  const isMixed = isObserved ? old > 0 : current.length < living.length;
  const ready = isMixed ? Math.min(available, Math.max(0, wanted - 1)) : available;
  const isComplete = isObserved && updatedReplicas >= wanted && old === 0 && availableReplicas >= updatedReplicas;
  return { ready, why: isComplete ? null : whyNot(object, living, { ready, wanted, old, isObserved }) };
}

interface Count {
  readonly ready: number;
  readonly wanted: number;
  readonly old: number;
  readonly isObserved: boolean;
}

function whyNot({ spec, status }: DeploymentObject, pods: readonly Pod[], count: Count): string {
  const { ready, wanted, old, isObserved } = count;
  const reasons: string[] = [];
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  if (spec.paused === true) reasons.push('the Deployment is paused');
  if (isObserved && progressing?.reason === 'ProgressDeadlineExceeded') reasons.push('its progress deadline is over');
  if (old > 0) reasons.push(`${old} of the version before are left`);
  const failure = status?.conditions?.find(({ type, status: value }) => type === 'ReplicaFailure' && value === 'True');
  if (failure !== undefined) reasons.push(failure.message ?? failure.reason ?? 'pods cannot be made');
  reasons.push(...new Set(pods.flatMap(troubleOf)));
  const head = `${ready} of ${wanted} ready`;
  return reasons.length === 0 ? head : `${head}: ${reasons.slice(0, 3).join('; ')}`;
}

/** What kubectl warns about early. */
const waits = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
]);

function troubleOf({ metadata, status }: Pod): string[] {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const found = scheduled?.reason === 'Unschedulable' ? [`Unschedulable (${scheduled.message ?? 'no node fits'})`] : [];
  for (const { name, state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const reason = state?.waiting?.reason ?? '';
    if (waits.has(reason)) found.push(`${reason} (${metadata.name}, container ${name})`);
  }
  return found;
}
