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
  const object = await collection.item(autoscalers[slot], { signal, fresh: false });
  if (object === null) {
    if (frozenAt === null) return;
    throw fail('kubernetes/autoscaler-missing', { detail: autoscalers[slot] });
  }
  const spec = limitsFor(object, frozenAt);
  if (spec === null) return;
  const held = frozenAt === null ? null : (object.metadata.annotations?.[heldName] ?? printLimits(object));
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

/** The limits to write; `null`: they are right. */
function limitsFor(object: AutoscalerObject, frozenAt: number | null): AutoscalerObject['spec'] | null {
  const { minReplicas = 1, maxReplicas } = object.spec;
  if (frozenAt === null) {
    const held = heldLimits(object);
    return held === null ? null : { minReplicas: held.min, maxReplicas: held.max };
  }
  const number = Math.max(1, frozenAt);
  if (isFrozen(object) && minReplicas === number && maxReplicas === number) return null;
  return { minReplicas: number, maxReplicas: number };
}

function printLimits({ spec }: AutoscalerObject): string {
  const limits: Limits = { min: spec.minReplicas ?? 1, max: spec.maxReplicas };
  return JSON.stringify(limits);
}

function heldLimits({ metadata }: AutoscalerObject): Limits | null {
  const text = metadata.annotations?.[heldName];
  if (text === undefined) return null;
  try {
    const { min, max } = JSON.parse(text) as Limits;
    if (Number.isInteger(min) && Number.isInteger(max)) return { min, max };
  } catch {
    // Said below.
  }
  throw fail('kubernetes/edited', { detail: `${metadata.name}: annotation ${heldName} cannot be read` });
}
