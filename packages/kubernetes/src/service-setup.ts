import type { Slot } from '@bluegreen/contract';
import { apply } from './apply.js';
import { fail } from './failure.js';
import type { ServiceObject } from './objects.js';
import type { ServiceSettings } from './service-options.js';
import { serviceIntent } from './service-route.js';
import { nobody } from './service-state.js';
import { firstMark, markOf } from './stamp.js';

/** Takes the Services over: the one deliberate act that asks nobody who held the fields. */
export async function setUpService(
  settings: ServiceSettings,
  adopt: Slot | null,
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Promise<void> {
  await setUp(settings, settings.service, adopt ?? nobody, signal);
  if (settings.preview !== null) await setUp(settings, settings.preview, nobody, signal);
}

async function setUp(settings: ServiceSettings, name: string, value: string, signal: AbortSignal): Promise<void> {
  const { cluster, namespace, slotLabel, manager } = settings;
  const services = cluster.objects<ServiceObject>('services', namespace);
  const service = await services.item(name, { signal, fresh: true });
  if (service === null) throw fail('kubernetes/not-found', { detail: `services/${name}` });
  const { selector, type, publishNotReadyAddresses } = service.spec;
  if (selector === undefined || type === 'ExternalName') {
    throw fail('kubernetes/service-unsuitable', { detail: `${name} has no selector` });
  }
  if (publishNotReadyAddresses === true) {
    throw fail('kubernetes/service-unsuitable', { detail: `${name} publishes pods before they are ready` });
  }
  // The stamp never goes back: an owner that is refused today must be refused tomorrow.
  const mark = markOf(service) ?? firstMark;
  const intent = serviceIntent(namespace, service.metadata, mark, { ...selector, [slotLabel]: value });
  await apply(services, intent, { before: service, manager, signal, force: true });
}
