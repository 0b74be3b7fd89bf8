import { isBluegreenError, type Slot, soleSlot, type TrafficTarget, type WriteCall } from '@bluegreen/contract';
import { apply, type Intent } from './apply.js';
import type { Reading } from './collection.js';
import { fail } from './failure.js';
import { isReadyPod, type ServiceObject } from './objects.js';
import type { ServiceSettings } from './service-options.js';
import { nobody, readPods, readServiceState, type ServiceState } from './service-state.js';
import { fenceProblem, isRepeated, type Mark, markOf, printMark } from './stamp.js';

/** How old the pods may be on which a slot gets connections. */
const podsWithinMs = 10_000;

/**
 * Writes the selectors, each in one conditional request with the stamp. The Service that users reach comes first, so a
 * half-done write carries its own stamp and is seen as such. Before that, a new owner puts its epoch on the preview
 * Service: then nothing of an older owner can land there afterwards.
 */
export async function routeService(
  settings: ServiceSettings,
  target: TrafficTarget,
  expected: { readonly revision: string },
  call: WriteCall,
): Promise<void> {
  const slot = checkServiceTarget(settings, target);
  // A read that lags behind is refused by the condition of the write.
  const reading: Reading = { signal: call.signal, fresh: false };
  const state = await readServiceState(settings, reading);
  if (isDone(settings, state, target, slot, call)) return;
  admit(state, expected, call);
  await checkPods(settings, state, slot, call);
  const mark: Mark = { fence: call.fence, write: call.idempotencyKey };
  let preview = state.preview;
  const isClaimed = preview !== null && (markOf(preview)?.fence.epoch ?? 0) < call.fence.epoch;
  if (isClaimed) preview = await write(settings, preview!, null, mark, call.signal);
  const service = write(settings, state.service!, slot, mark, call.signal);
  await (isClaimed ? afterPart(service) : service);
  if (preview === null) return;
  const value = target.preview ?? nobody;
  if (preview.spec.selector?.[settings.slotLabel] !== value) {
    await afterPart(write(settings, preview, value, mark, call.signal));
  }
}

/** A part of this write is there already: whatever became of the rest, what it says of itself is no longer the whole. */
async function afterPart(rest: Promise<unknown>): Promise<void> {
  try {
    await rest;
  } catch (error) {
    if (!isBluegreenError(error) || error.reaction === 'fenced' || error.reaction === 'read-back') throw error;
    const after = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
    throw fail('kubernetes/partly-written', { detail: error.message, cause: error, ...after });
  }
}

/** Refuses what a selector cannot say, before anything is sent. */
export function checkServiceTarget({ preview }: ServiceSettings, target: TrafficTarget): Slot {
  const slot = soleSlot(target);
  const { blue, green } = target.weights;
  if (slot === null) throw fail('kubernetes/weight-unsupported', { detail: `blue ${blue}, green ${green}` });
  if (target.audiences.length > 0) throw fail('kubernetes/audience-unsupported', { detail: target.audiences[0]!.name });
  if (target.mirror !== null) throw fail('kubernetes/mirror-unsupported');
  if (target.cohort.kind !== 'per-request') throw fail('kubernetes/cohort-unsupported', { detail: target.cohort.kind });
  if (target.preview !== null && preview === null) throw fail('kubernetes/preview-not-configured');
  return slot;
}

function isDone(
  settings: ServiceSettings,
  { routing, mark, preview }: ServiceState,
  target: TrafficTarget,
  slot: Slot,
  call: WriteCall,
): boolean {
  if (mark === null || routing.kind !== 'split' || !isRepeated(mark, call)) return false;
  const isPreviewed =
    preview === null || (preview.spec.selector?.[settings.slotLabel] ?? nobody) === (target.preview ?? nobody);
  return routing.target.weights[slot] === 100 && isPreviewed;
}

/** @throws where this write may not follow what is there */
function admit({ routing, revision, mark }: ServiceState, expected: { revision: string }, call: WriteCall): void {
  const problem = mark === null ? null : fenceProblem(mark, call);
  if (problem !== null) throw problem;
  if (revision !== expected.revision) throw fail('kubernetes/changed');
  if (routing.kind === 'foreign') throw fail('kubernetes/not-adopted', { detail: routing.summary });
}

/** A Service that selects no ready pod refuses everybody. Where nobody is served anyway, nothing is lost. */
async function checkPods(settings: ServiceSettings, state: ServiceState, slot: Slot, call: WriteCall): Promise<void> {
  const before = state.service!.spec.selector?.[settings.slotLabel];
  if (before === slot) return;
  const reading: Reading = { signal: call.signal, fresh: false, heardWithinMs: podsWithinMs };
  const pods = await readPods(settings, state, reading);
  const ready = (value: string | undefined): number =>
    pods.filter((pod) => pod.metadata.labels?.[settings.slotLabel] === value && isReadyPod(pod)).length;
  if (ready(slot) === 0 && ready(before) > 0) throw fail('kubernetes/slot-empty', { detail: slot });
}

/** One request: the selector, whole, with `value` for the slot (`null`: as it is), and the stamp. */
function write(
  { cluster, namespace, slotLabel, manager }: ServiceSettings,
  before: ServiceObject,
  value: string | null,
  mark: Mark,
  signal: AbortSignal,
): Promise<ServiceObject> {
  const { metadata, spec } = before;
  const intent = serviceIntent(namespace, metadata, mark, {
    ...spec.selector,
    ...(value === null ? {} : { [slotLabel]: value }),
  });
  return apply(cluster.objects<ServiceObject>('services', namespace), intent, { before, manager, signal });
}

export function serviceIntent(
  namespace: string,
  { name, resourceVersion }: ServiceObject['metadata'],
  mark: Mark,
  selector: Readonly<Record<string, string>>,
): Intent {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, resourceVersion, annotations: printMark(mark) },
    spec: { selector },
  };
}
