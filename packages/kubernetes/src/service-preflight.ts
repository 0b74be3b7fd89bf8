import { type Finding, isBluegreenError, type ReadCall, type TrafficNeeds } from '@bluegreen/contract';
import { accessFindings, type Right, readVerbs } from './access.js';
import { dryRun } from './apply.js';
import type { Reading } from './collection.js';
import { isBuiltIn } from './endpoints.js';
import { fail, type KubernetesCode } from './failure.js';
import { finding } from './finding.js';
import type { ServiceObject } from './objects.js';
import type { ServiceSettings } from './service-options.js';
import { serviceIntent } from './service-route.js';
import { readServiceState, readSlices, type ServiceState } from './service-state.js';
import { firstMark, markOf } from './stamp.js';

/** What this adapter does to the cluster, and nothing more. */
export function serviceRights({ service, preview }: Pick<ServiceSettings, 'service' | 'preview'>): readonly Right[] {
  return [
    { group: '', resource: 'services', verbs: readVerbs },
    { group: '', resource: 'services', verbs: ['patch'], names: preview === null ? [service] : [service, preview] },
    { group: '', resource: 'pods', verbs: readVerbs },
    { group: 'discovery.k8s.io', resource: 'endpointslices', verbs: readVerbs },
  ];
}

/** Everything about this user's Services, rights and wishes that would make a release go wrong. Changes nothing. */
export async function preflightService(
  settings: ServiceSettings,
  needs: TrafficNeeds,
  { signal }: ReadCall,
): Promise<readonly Finding[]> {
  const found = needFindings(settings, needs);
  const { cluster, namespace } = settings;
  const access = await accessFindings(cluster, namespace, serviceRights(settings), signal);
  if (access.length > 0) return [...found, ...access];
  const reading: Reading = { signal, fresh: false };
  const state = await readServiceState(settings, reading);
  found.push(...stateFindings(state));
  for (const service of [state.service, state.preview]) {
    if (service === null || state.routing.kind === 'foreign') continue;
    found.push(...(await objectFindings(settings, service, reading)));
  }
  return found;
}

function needFindings({ preview }: ServiceSettings, needs: TrafficNeeds): Finding[] {
  const parts = needs.percents.filter((percent) => percent !== 0 && percent !== 100);
  return [
    ...parts.map((percent) => finding('kubernetes/weight-unsupported', `${percent} %`)),
    ...needs.audiences.map(({ name }) => finding('kubernetes/audience-unsupported', name)),
    ...(needs.cohort === 'per-request' ? [] : [finding('kubernetes/cohort-unsupported', needs.cohort)]),
    ...(needs.mirror ? [finding('kubernetes/mirror-unsupported', 'a Service')] : []),
    ...(needs.preview && preview === null ? [finding('kubernetes/preview-not-configured', 'option `preview`')] : []),
  ];
}

function stateFindings({ routing }: ServiceState): Finding[] {
  if (routing.kind !== 'foreign') return [];
  const [code, ...rest] = routing.summary.split(': ');
  return [finding(code as KubernetesCode, rest.join(': '))];
}

async function objectFindings(settings: ServiceSettings, service: ServiceObject, reading: Reading): Promise<Finding[]> {
  const { cluster, namespace, manager, slotLabel } = settings;
  const { name } = service.metadata;
  const found: Finding[] = [];
  if (service.spec.publishNotReadyAddresses === true) {
    found.push(finding('kubernetes/service-unsuitable', `${name} publishes pods before they are ready`));
  }
  const [slices = []] = await readSlices(settings, [name], reading);
  const others = slices.filter((slice) => !isBuiltIn(slice));
  if (others.length > 0) {
    const names = others.map(({ metadata }) => metadata.name).join(', ');
    found.push(
      finding('kubernetes/not-converged', `${name} has endpoints that do not follow its selector: ${names}`, 'warn'),
    );
  }
  // The switch of a release, not carried out: says who else holds the selector, and what admission thinks of it.
  const other = service.spec.selector?.[slotLabel] === 'blue' ? 'green' : 'blue';
  const selector = { ...service.spec.selector, [slotLabel]: other };
  const intent = serviceIntent(namespace, service.metadata, markOf(service) ?? firstMark, selector);
  const refused = await dryRun(cluster.objects<ServiceObject>('services', namespace), intent, manager, reading.signal);
  if (refused !== null) found.push(findingOf(refused, name));
  return found;
}

function findingOf(error: unknown, name: string): Finding {
  const known = isBluegreenError(error) ? error : fail('kubernetes/read-failed', { cause: error });
  return finding(known.code as KubernetesCode, `${name}: ${known.detail ?? known.message}`);
}
