import { type BluegreenError, isBluegreenError } from '@bluegreen/contract';
import { statusOf } from './api.js';
import type { Collection, ObjectPatch } from './collection.js';
import type { KubernetesObject } from './objects.js';
import { markOf, newerOwner, prefix } from './stamp.js';
import { ownersOf } from './status.js';

/** How writes appear in `managedFields` and in the conflicts of others. */
export interface Manager {
  readonly name: string;
  /** Field managers whose hold on our fields is taken; everybody else's stops a write. */
  readonly overrule: readonly string[];
  /** Seconds after which the server gives up a write, so that none lands later. */
  readonly writeSeconds: number;
}

/** The API server works on one patch for at most 34 s (apiserver, handlers/patch.go, `requestTimeoutUpperBound`). */
export const longestWriteSeconds = 34;

/** People at a keyboard. What they changed was seen as drift first; writing over it is a person's decision, too. */
export const people: readonly string[] = [
  'kubectl',
  'kubectl-annotate',
  'kubectl-client-side-apply',
  'kubectl-create',
  'kubectl-edit',
  'kubectl-label',
  'kubectl-last-applied',
  'kubectl-patch',
  'kubectl-replace',
  'kubectl-rollout',
  'kubectl-scale',
  'kubectl-set',
];

/** The whole of what we own of one object, for one version of it. */
export interface Intent {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    /** The write fails when the object is no longer this version. Absent: it is made where it does not exist. */
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

export interface ApplyCall<T> {
  /** What the write was decided from; `null`: the object does not exist. */
  readonly before: T | null;
  readonly manager: Manager;
  readonly signal: AbortSignal;
  /** Takes the fields from whoever holds them. */
  readonly force?: boolean;
}

/**
 * Server-side apply: value and stamp in one request that happens only to the version that was read. Without `force`
 * a field of somebody who is not to be overruled stops it.
 *
 * @throws `kubernetes/field-owned` with the managers, `kubernetes/conflict` when the object changed
 */
export async function apply<T extends KubernetesObject>(
  collection: Collection<T>,
  intent: Intent,
  { before, manager, signal, force = false }: ApplyCall<T>,
): Promise<T> {
  let next = intent;
  let isForced = force;
  for (let round = 1; ; round += 1) {
    try {
      return await collection.patch(next.metadata.name, patchOf(next, manager, isForced), signal);
    } catch (error) {
      // Neither was executed, and the version in the request guards the next one as it did this one.
      if (!isForced && mayOverrule(error, manager)) isForced = true;
      else next = await afterNoise(collection, next, before, { error, round, signal });
    }
  }
}

interface Failure {
  readonly error: unknown;
  readonly round: number;
  readonly signal: AbortSignal;
}

/** Controllers write the status of an object all the time, and each write is a new version of it. */
const mostRounds = 8;

/** The same write for the present version, where nothing but the status changed. @throws the error otherwise */
async function afterNoise<T extends KubernetesObject>(
  collection: Collection<T>,
  intent: Intent,
  before: T | null,
  { error, round, signal }: Failure,
): Promise<Intent> {
  const isConflict = isBluegreenError(error) && error.code === 'kubernetes/conflict';
  if (!isConflict || before === null || round >= mostRounds) throw error;
  const now = await collection.item(intent.metadata.name, { signal, fresh: true });
  const [there, ours] = [markOf(now), markOf(intent as KubernetesObject & Intent)];
  if (there !== null && ours !== null && there.fence.epoch > ours.fence.epoch) throw newerOwner(there, ours.fence);
  if (now === null || decisive(now) !== decisive(before)) throw error;
  return { ...intent, metadata: { ...intent.metadata, resourceVersion: now.metadata.resourceVersion } };
}

/** Everything of an object that a decision can have been made from. */
function decisive({ metadata, ...rest }: KubernetesObject): string {
  const { uid, labels, annotations, deletionTimestamp } = metadata;
  return JSON.stringify([
    uid,
    labels,
    ownAnnotations(annotations),
    deletionTimestamp,
    (rest as { spec?: unknown }).spec,
  ]);
}

/** Controllers keep notes of their own in annotations, as `deployment.kubernetes.io/revision`. */
function ownAnnotations(annotations: Readonly<Record<string, string>> = {}): readonly (readonly [string, string])[] {
  return Object.entries(annotations)
    .filter(([name]) => name.startsWith(prefix))
    .sort();
}

/** What the server would say to this write, without doing it; `null`: it would do it. */
export async function dryRun<T extends KubernetesObject>(
  collection: Collection<T>,
  intent: Intent,
  manager: Manager,
  signal: AbortSignal,
): Promise<BluegreenError | null> {
  // Nothing can land late: the server may take all its time.
  const patch = patchOf(intent, { ...manager, writeSeconds: longestWriteSeconds }, false);
  try {
    await collection.patch(intent.metadata.name, { ...patch, query: `${patch.query}&dryRun=All` }, signal);
    return null;
  } catch (error) {
    // What may pass, or changed meanwhile, says nothing about the write itself.
    if (isBluegreenError(error) && error.code === 'kubernetes/conflict') return null;
    if (!isBluegreenError(error) || error.reaction !== 'permanent') throw error;
    return mayOverrule(error, manager) ? null : error;
  }
}

function patchOf(intent: Intent, { name, writeSeconds }: Manager, force: boolean): ObjectPatch {
  return {
    query: `?fieldManager=${encodeURIComponent(name)}&force=${force}&timeout=${writeSeconds}s`,
    // JSON is YAML.
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(intent),
  };
}

function mayOverrule(error: unknown, { overrule }: Manager): boolean {
  if (!isBluegreenError(error) || error.code !== 'kubernetes/field-owned') return false;
  return ownersOf(statusOf(error)).every(({ manager }) => overrule.includes(manager));
}
