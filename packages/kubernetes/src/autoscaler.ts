import type { Slot } from '@bluegreen/contract';
import type { Reading } from './collection.js';
import type { AutoscalerObject } from './deployment-object.js';
import type { DeploymentSettings } from './deployment-options.js';
import { fail } from './failure.js';
import { prefix } from './stamp.js';

/** Holds the limits of before, so that they can be given back after any crash. */
const heldName = `${prefix}autoscaler`;

interface Limits {
  readonly min: number;
  readonly max: number;
}

/** What the annotation says: the limits of before, and the number that both were set to. */
interface Held extends Limits {
  readonly at: number;
}

export function readAutoscaler(
  { cluster, namespace, autoscalers }: DeploymentSettings,
  slot: Slot,
  reading: Reading,
): Promise<AutoscalerObject | null> | null {
  if (autoscalers === null) return null;
  return cluster.objects<AutoscalerObject>('autoscalers', namespace).item(autoscalers[slot], reading);
}

export function isFrozen({ metadata }: AutoscalerObject): boolean {
  return metadata.annotations?.[heldName] !== undefined;
}

/**
 * Freezes an autoscaler at a number, or gives it its own limits back. One conditional request; nothing when it is so
 * already. It is never deleted: what only a file remembers is lost with the file.
 */
export async function setAutoscaling(
  settings: DeploymentSettings,
  slot: Slot,
  frozenAt: number | null,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, namespace, autoscalers, manager } = settings;
  if (autoscalers === null) return;
  const collection = cluster.objects<AutoscalerObject>('autoscalers', namespace);
  let object = await collection.item(autoscalers[slot], { signal, fresh: false });
  if (object === null) {
    if (frozenAt === null) return;
    // A watch may lag behind, and this would end the release.
    object = await collection.item(autoscalers[slot], { signal, fresh: true });
  }
  if (object === null) {
    throw fail('kubernetes/autoscaler-missing', { detail: autoscalers[slot] });
  }
  const change = changeFor(object, frozenAt);
  if (change === null) return;
  const { spec, held } = change;
  const { resourceVersion } = object.metadata;
  await collection.patch(
    autoscalers[slot],
    {
      query: `?fieldManager=${encodeURIComponent(manager.name)}&timeout=${manager.writeSeconds}s`,
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({ metadata: { resourceVersion, annotations: { [heldName]: held } }, spec }),
    },
    signal,
  );
}

interface Change {
  readonly spec: AutoscalerObject['spec'];
  /** The annotation; `null`: it goes. */
  readonly held: string | null;
}

/** What is to be written; `null`: it is right. */
function changeFor(object: AutoscalerObject, frozenAt: number | null): Change | null {
  const limits: Limits = { min: object.spec.minReplicas ?? 1, max: object.spec.maxReplicas };
  const held = heldLimits(object);
  if (frozenAt === null) return held === null ? null : { spec: thawed(limits, held), held: null };
  const at = Math.max(1, frozenAt);
  if (held !== null && limits.min === at && limits.max === at) return null;
  const own = held === null ? limits : { min: held.min, max: held.max };
  return { spec: { minReplicas: at, maxReplicas: at }, held: JSON.stringify({ ...own, at } satisfies Held) };
}

/** A limit that is not the frozen number any more was set by somebody meanwhile, who meant it. */
function thawed({ min, max }: Limits, held: Held): AutoscalerObject['spec'] {
  const minReplicas = min === held.at ? held.min : min;
  const maxReplicas = max === held.at ? held.max : max;
  // The API takes no minimum above the maximum; whoever set one limit knew only the frozen other one.
  return { minReplicas: Math.min(minReplicas, maxReplicas), maxReplicas };
}

function heldLimits({ metadata }: AutoscalerObject): Held | null {
  const text = metadata.annotations?.[heldName];
  if (text === undefined) return null;
  try {
    const held = JSON.parse(text) as Held;
    if ([held.min, held.max, held.at].every(Number.isInteger)) return held;
  } catch {
    // Said below.
  }
  throw fail('kubernetes/edited', { detail: `${metadata.name}: annotation ${heldName} cannot be read` });
}
