import type { Slot } from '@bluegreen/contract';
import { type EndpointSlice, isReadyPod, type Pod } from './objects.js';

/** Where the endpoints of one Service stand against the slot that it selects. */
export interface Endpoints {
  /** Pods of another slot, or of none that is known, which still get new connections. */
  readonly wrong: readonly string[];
  /** Ready pods of the slot which get none yet. */
  readonly missing: readonly string[];
  /** Pods of the slot which get connections. */
  readonly right: number;
}

const managedBy = 'endpointslice.kubernetes.io/managed-by';
const ownController = 'endpointslice-controller.k8s.io';

/** The label that ties a slice to its Service. */
export const serviceLabel = 'kubernetes.io/service-name';

/** True for slices that the cluster itself keeps; those of others say nothing about the selector. */
export function isBuiltIn({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[managedBy] === ownController;
}

/**
 * Holds the slices of one Service against the pods. There may be several slices, per address family as well, and the
 * same pod may stand in two of them at one moment: what counts is the set.
 */
export function compareEndpoints(
  slices: readonly EndpointSlice[],
  pods: readonly Pod[],
  slotOf: (pod: Pod) => string | undefined,
  slot: Slot | null,
): Endpoints {
  const byUid = new Map(pods.map((pod) => [pod.metadata.uid, pod]));
  const usable = new Map<string, string>();
  for (const slice of slices) {
    if (!isBuiltIn(slice)) continue;
    for (const { conditions, targetRef } of slice.endpoints ?? []) {
      // An absent condition means ready (discovery/v1, EndpointConditions).
      if (conditions?.ready === false) continue;
      usable.set(targetRef?.uid ?? '', targetRef?.name ?? 'an endpoint without a pod');
    }
  }
  const wrong: string[] = [];
  for (const [uid, name] of usable) {
    const pod = byUid.get(uid);
    if (slot === null || pod === undefined || slotOf(pod) !== slot) wrong.push(name);
  }
  const wanted = pods.filter((pod) => slotOf(pod) === slot && isReadyPod(pod));
  const missing = wanted.filter(({ metadata }) => !usable.has(metadata.uid ?? '')).map(({ metadata }) => metadata.name);
  return { wrong, missing, right: usable.size - wrong.length };
}
