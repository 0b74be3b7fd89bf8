import type { Finding, ReadCall, TrafficNeeds, TrafficTarget } from '@bluegreen/contract';
import { weights } from '@bluegreen/contract';
import { accessFindings, type Right, readVerbs } from './access.js';
import { dryRun } from './apply.js';
import type { KubernetesCode } from './failure.js';
import { finding } from './finding.js';
import { type GatewaySettings, isHeader } from './gateway-options.js';
import { routeIntent } from './gateway-route.js';
import { followRoute, type RouteState, readRouteState, routesOf } from './route-state.js';
import { firstMark } from './stamp.js';

/** What this adapter does to the cluster, and nothing more. */
export function gatewayRights({ route }: Pick<GatewaySettings, 'route'>): readonly Right[] {
  const group = 'gateway.networking.k8s.io';
  return [
    { group, resource: 'httproutes', verbs: readVerbs },
    { group, resource: 'httproutes', verbs: ['patch'], names: [route] },
    { group: '', resource: 'services', verbs: readVerbs },
    { group: '', resource: 'pods', verbs: readVerbs },
    { group: 'discovery.k8s.io', resource: 'endpointslices', verbs: readVerbs },
  ];
}

/** Everything about this user's route, rights and wishes that would make a release go wrong. Changes nothing. */
export async function preflightRoute(
  settings: GatewaySettings,
  needs: TrafficNeeds,
  { signal }: ReadCall,
): Promise<readonly Finding[]> {
  const { cluster, namespace } = settings;
  const found = needFindings(settings, needs);
  const access = await accessFindings(cluster, namespace, gatewayRights(settings), signal);
  if (access.length > 0) return [...found, ...access];
  const state = await readRouteState(settings, { signal, fresh: false });
  if (state.routing.kind === 'foreign') {
    const [code, ...rest] = state.routing.summary.split(': ');
    return [...found, finding(code as KubernetesCode, rest.join(': '))];
  }
  const following = followRoute(state);
  if (following.kind === 'not-yet') {
    // A Gateway that has not said anything yet may be about to.
    const isRefused = following.isRefused === true;
    const code = isRefused ? 'kubernetes/route-rejected' : 'kubernetes/not-converged';
    found.push(finding(code, following.summary, isRefused ? 'refuse' : 'warn'));
  }
  if (found.some(({ severity }) => severity === 'refuse')) return found;
  const refused = await dryRun(routesOf(settings), fullest(settings, state, needs), settings.manager, signal);
  if (refused === null) return found;
  return [...found, finding(refused.code as KubernetesCode, refused.detail ?? settings.route)];
}

function needFindings({ plan, mirror }: GatewaySettings, needs: TrafficNeeds): Finding[] {
  const strangers = needs.audiences.filter(({ match }) => !('header' in match) || !isHeader(match.header));
  return [
    ...strangers.map(({ name }) => finding('kubernetes/audience-unsupported', name)),
    ...(needs.cohort === 'per-request' ? [] : [finding('kubernetes/cohort-unsupported', needs.cohort)]),
    ...(needs.mirror && !mirror ? [finding('kubernetes/mirror-unsupported', 'option `mirror`')] : []),
    ...(needs.preview && plan.preview === null
      ? [finding('kubernetes/preview-not-configured', 'option `preview`')]
      : []),
  ];
}

/** The largest write of this release, to be tried without being carried out: a route holds 16 rules. */
function fullest(settings: GatewaySettings, state: RouteState, needs: TrafficNeeds) {
  const target: Pick<TrafficTarget, 'weights' | 'preview' | 'audiences' | 'mirror'> = {
    weights: weights(49.9),
    preview: needs.preview ? 'green' : null,
    audiences: needs.audiences.map((audience) => ({ ...audience, slot: 'green' })),
    mirror: needs.mirror ? { slot: 'green', percent: 1 } : null,
  };
  return routeIntent(settings, state, target, state.mark ?? firstMark);
}
