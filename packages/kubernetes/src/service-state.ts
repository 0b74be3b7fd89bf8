import { createHash } from 'node:crypto';
import { everythingTo, type Routing, type Slot } from '@bluegreen/contract';
import type { Reading } from './collection.js';
import { compareEndpoints, type Endpoints, serviceLabel } from './endpoints.js';
import type { KubernetesCode } from './failure.js';
import type { EndpointSlice, Pod, ServiceObject } from './objects.js';
import { isSelected } from './selection.js';
import type { ServiceSettings } from './service-options.js';
import type { Following } from './settling.js';
import { type Mark, markOf, readMark } from './stamp.js';

/** The value of the slot label that no pod has. */
export const nobody = 'none';

/** What the Services of one adapter are told to do. */
export interface ServiceState {
  readonly service: ServiceObject | null;
  readonly preview: ServiceObject | null;
  readonly routing: Routing;
  /** Our fields of both Services, the stamp of the first included. */
  readonly revision: string;
  readonly mark: Mark | null;
}

/** What the cluster makes of it. */
export interface ServiceFollowing {
  readonly following: Following;
  /** Per slot, where a Service of ours selects it. */
  readonly endpoints: Readonly<Partial<Record<Slot, Endpoints>>>;
}

export async function readServiceState(settings: ServiceSettings, reading: Reading): Promise<ServiceState> {
  const { cluster, namespace } = settings;
  const services = cluster.objects<ServiceObject>('services', namespace);
  const [service, preview] = await Promise.all([
    services.item(settings.service, reading),
    settings.preview === null ? null : services.item(settings.preview, reading),
  ]);
  return judge(settings, service, preview);
}

export function judge(
  settings: ServiceSettings,
  service: ServiceObject | null,
  preview: ServiceObject | null,
): ServiceState {
  const mark = markOf(service);
  const revision = revisionOf(settings, service, preview);
  return { service, preview, routing: routingOf(settings, service, preview), revision, mark };
}

function routingOf(settings: ServiceSettings, service: ServiceObject | null, preview: ServiceObject | null): Routing {
  const problem =
    problemOf(settings, settings.service, service) ??
    (settings.preview === null ? null : problemOf(settings, settings.preview, preview));
  if (problem !== null) return problem;
  const value = slotValue(settings, service!);
  if (value === nobody) return { kind: 'unrouted' };
  const previewValue = preview === null ? nobody : slotValue(settings, preview);
  if (!isSlot(value)) return foreign('kubernetes/edited', `${settings.service} selects ${value}`);
  if (previewValue !== nobody && !isSlot(previewValue)) {
    return foreign('kubernetes/edited', `${settings.preview} selects ${previewValue}`);
  }
  const target = everythingTo(value, {
    fallback: null,
    preview: previewValue === nobody ? null : (previewValue as Slot),
  });
  return { kind: 'split', target };
}

function problemOf(settings: ServiceSettings, name: string, service: ServiceObject | null): Routing | null {
  if (service === null) return foreign('kubernetes/not-found', `services/${name}`);
  if (service.spec.selector === undefined || service.spec.type === 'ExternalName') {
    return foreign('kubernetes/service-unsuitable', `${name} has no selector`);
  }
  const mark = readMark(service);
  if (mark === 'unreadable') return foreign('kubernetes/edited', `the stamp of ${name} cannot be read`);
  if (mark === null) return foreign('kubernetes/not-adopted', `${name} has no stamp`);
  if (slotValue(settings, service) === undefined) {
    return foreign('kubernetes/not-adopted', `the selector of ${name} has no ${settings.slotLabel}`);
  }
  return null;
}

function slotValue({ slotLabel }: ServiceSettings, { spec }: ServiceObject): string | undefined {
  return spec.selector?.[slotLabel];
}

export function isSlot(value: string | undefined): value is Slot {
  return value === 'blue' || value === 'green';
}

function foreign(code: KubernetesCode, detail: string): Routing {
  return { kind: 'foreign', summary: `${code}: ${detail}` };
}

/**
 * The whole selector is ours: it is one unit of ownership (core/v1, ServiceSpec.Selector is atomic). The stamp of the
 * preview Service is left out, so that a new owner can put its own there first.
 */
function revisionOf(settings: ServiceSettings, service: ServiceObject | null, preview: ServiceObject | null): string {
  const fields = [ownFields(service), markOf(service), settings.preview === null ? null : ownFields(preview)];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
}

function ownFields(service: ServiceObject | null): unknown {
  if (service === null) return null;
  const hasMark = readMark(service) !== null;
  return [Object.entries(service.spec.selector ?? {}).sort(), hasMark];
}

/** Holds the EndpointSlices of both Services against what they select. */
export async function followService(
  settings: ServiceSettings,
  state: ServiceState,
  reading: Reading,
): Promise<ServiceFollowing> {
  const { routing } = state;
  if (routing.kind === 'foreign') return { following: { kind: 'not-yet', summary: routing.summary }, endpoints: {} };
  // No pod changes its slot, and which are ready decides nothing here that cannot be undone.
  const pods = await readPods(settings, state, { ...reading, fresh: false });
  const active = routing.kind === 'split' ? (routing.target.weights.blue === 100 ? 'blue' : 'green') : null;
  const previewed = routing.kind === 'split' ? routing.target.preview : null;
  const selected: [string, Slot | null][] = [[settings.service, active]];
  if (settings.preview !== null) selected.push([settings.preview, previewed]);
  const wrong: string[] = [];
  const missing: string[] = [];
  const endpoints: Partial<Record<Slot, Endpoints>> = {};
  const names = selected.map(([name]) => name);
  const slices = await readSlices(settings, names, reading);
  for (const [index, [name, slot]] of selected.entries()) {
    const found = compareEndpoints(slices[index]!, pods, ({ metadata }) => metadata.labels?.[settings.slotLabel], slot);
    if (slot !== null) endpoints[slot] = found;
    if (found.wrong.length > 0) wrong.push(`${name} still reaches ${list(found.wrong)}`);
    if (found.missing.length > 0) missing.push(`${name} does not reach ${list(found.missing)} yet`);
  }
  return { following: followingOf(wrong, missing), endpoints };
}

function followingOf(wrong: readonly string[], missing: readonly string[]): Following {
  if (wrong.length > 0) return { kind: 'not-yet', summary: wrong.join('; ') };
  return missing.length > 0 ? { kind: 'partly', summary: missing.join('; ') } : { kind: 'done' };
}

function list(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/** The pods that the Service would select with any slot. From the watch: no pod changes its slot. */
export function readPods(settings: ServiceSettings, state: ServiceState, reading: Reading): Promise<readonly Pod[]> {
  const { cluster, namespace, slotLabel } = settings;
  const pods = cluster.objects<Pod>('pods', namespace, slotLabel);
  return pods.select({ ...state.service?.spec.selector, [slotLabel]: null }, reading);
}

/** The slices of each of these Services; the server is asked once for all of them. */
export async function readSlices(
  { cluster, namespace }: ServiceSettings,
  services: readonly string[],
  reading: Reading,
): Promise<readonly (readonly EndpointSlice[])[]> {
  const slices = cluster.objects<EndpointSlice>('slices', namespace);
  if (!reading.fresh) return Promise.all(services.map((name) => slices.select({ [serviceLabel]: name }, reading)));
  const all = await slices.select({ [serviceLabel]: services }, reading);
  return services.map((name) => all.filter((slice) => isSelected(slice, { [serviceLabel]: name })));
}
