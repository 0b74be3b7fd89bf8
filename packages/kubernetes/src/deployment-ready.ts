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
 * Counts the pods of the present release that are ready, because the status of a Deployment lags behind its pods and
 * behind its spec: `observedGeneration` may be new and `availableReplicas` of before. What pods can't tell, whether some
 * are of an older template, the status does, as in `kubectl rollout status` (kubectl, rollout_status.go). As long as such
 * pods are left, less than the whole counts: they would get users, too. `now` is in milliseconds since the epoch.
 */
export function readinessOf(object: DeploymentObject, pods: readonly Pod[], now: number): Readiness {
  const { spec, status = {}, metadata } = object;
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0 } = status;
  const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const old = isObserved ? Math.max(0, replicas - updatedReplicas) : 0;
  const release = spec.template.metadata?.annotations?.[releaseName];
  const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const current = living.filter((pod) => pod.metadata.annotations?.[releaseName] === release);
  const lasting = spec.minReadySeconds ?? 0;
  const available = current.filter((pod) => isReadyPod(pod) && readySeconds(pod, now) >= lasting).length;
  const isMixed = old > 0 || current.length < living.length;
  const ready = isMixed ? Math.min(available, Math.max(0, wanted - 1)) : available;
  const isComplete = ready >= wanted && !isMixed;
  return { ready, why: isComplete ? null : whyNot(object, living, { ready, wanted, old, isObserved }) };
}

/** By the clock of the cluster and ours. */
function readySeconds({ status }: Pod, now: number): number {
  const since = status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return since === undefined ? 0 : Math.max(0, (now - Date.parse(since)) / 1000);
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
