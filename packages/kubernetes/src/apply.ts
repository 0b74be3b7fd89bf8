import { type BluegreenError, isBluegreenError } from '@bluegreen/contract';
import { statusOf } from './api.js';
import type { Collection, ObjectPatch } from './collection.js';
import type { KubernetesObject } from './objects.js';
import { ownersOf } from './status.js';

/** How writes appear in `managedFields` and in the conflicts of others. */
export interface Manager {
  readonly name: string;
  /** Field managers whose hold on our fields is taken; everybody else's stops a write. */
  readonly overrule: readonly string[];
  /** Seconds after which the server gives up a write, so that none lands later. */
  readonly writeSeconds: number;
}

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

/**
 * Server-side apply: value and stamp in one request that happens only to the version that was read. Without `force`
 * a field of somebody who is not to be overruled stops it.
 *
 * @throws `kubernetes/field-owned` with the managers, `kubernetes/conflict` when the object changed
 */
export async function apply<T extends KubernetesObject>(
  collection: Collection<T>,
  intent: Intent,
  manager: Manager,
  signal: AbortSignal,
  force = false,
): Promise<T> {
  try {
    return await collection.patch(intent.metadata.name, patchOf(intent, manager, force), signal);
  } catch (error) {
    // It was not executed, and the version it names guards the second one as it did the first.
    if (force || !mayOverrule(error, manager)) throw error;
    return collection.patch(intent.metadata.name, patchOf(intent, manager, true), signal);
  }
}

/** What the server would say to this write, without doing it; `null`: it would do it. */
export async function dryRun<T extends KubernetesObject>(
  collection: Collection<T>,
  intent: Intent,
  manager: Manager,
  signal: AbortSignal,
): Promise<BluegreenError | null> {
  const patch = patchOf(intent, manager, false);
  try {
    await collection.patch(intent.metadata.name, { ...patch, query: `${patch.query}&dryRun=All` }, signal);
    return null;
  } catch (error) {
    if (!isBluegreenError(error)) throw error;
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
