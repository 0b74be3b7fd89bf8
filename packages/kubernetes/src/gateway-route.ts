import { type Slot, slots, type TrafficTarget, type WriteCall } from '@bluegreen/contract';
import { apply, type Intent } from './apply.js';
import { fail } from './failure.js';
import { type GatewaySettings, isHeader } from './gateway-options.js';
import type { RouteObject } from './route-object.js';
import { ownText, type RulesTarget, renderRules } from './route-rules.js';
import { printRest, type RouteState, readRouteState, readSlotEndpoints, routesOf, specFor } from './route-state.js';
import { fenceProblem, isRepeated, type Mark, printMark } from './stamp.js';

/** How old the endpoints may be on which a slot gets requests. */
const endpointsWithinMs = 10_000;

/** Writes the rules, whole, with the stamp, in one conditional request. */
export async function routeRoute(
  settings: GatewaySettings,
  target: TrafficTarget,
  expected: { readonly revision: string },
  call: WriteCall,
): Promise<void> {
  checkGatewayTarget(settings, target);
  const state = await readRouteState(settings, { signal: call.signal, fresh: false });
  if (isDone(settings, state, target, call)) return;
  admit(state, expected, call);
  await checkEndpoints(settings, state, target, call);
  const mark: Mark = { fence: call.fence, write: call.idempotencyKey };
  const { cluster: _, manager } = settings;
  const intent = routeIntent(settings, state, target, mark);
  await apply(routesOf(settings), intent, { before: state.object, manager, signal: call.signal });
}

/** Refuses what an HTTPRoute cannot say, before anything is sent. */
export function checkGatewayTarget({ plan, mirror }: GatewaySettings, target: TrafficTarget): void {
  for (const { name, match } of target.audiences) {
    if (!('header' in match)) throw fail('kubernetes/audience-unsupported', { detail: name });
    if (!isHeader(match.header)) throw fail('kubernetes/audience-unsupported', { detail: `${name}: ${match.header}` });
  }
  if (target.mirror !== null && !mirror) throw fail('kubernetes/mirror-unsupported');
  if (target.cohort.kind !== 'per-request') throw fail('kubernetes/cohort-unsupported', { detail: target.cohort.kind });
  if (target.preview !== null && plan.preview === null) throw fail('kubernetes/preview-not-configured');
}

function isDone({ plan }: GatewaySettings, state: RouteState, target: TrafficTarget, call: WriteCall): boolean {
  const { mark, routing, parsed, object } = state;
  if (mark === null || routing.kind !== 'split' || !isRepeated(mark, call)) return false;
  return ownText(plan, renderRules(plan, parsed, target)) === ownText(plan, object!.spec.rules ?? []);
}

function admit({ routing, revision, mark }: RouteState, expected: { revision: string }, call: WriteCall): void {
  const problem = mark === null ? null : fenceProblem(mark, call);
  if (problem !== null) throw problem;
  if (revision !== expected.revision) throw fail('kubernetes/changed');
  if (routing.kind === 'foreign') throw fail('kubernetes/not-adopted', { detail: routing.summary });
}

/**
 * A backend without ready endpoints answers 503 for its share (gateway-api, HTTPRouteRule.backendRefs). Where the slots
 * that serve now have none either, nothing is lost.
 */
async function checkEndpoints(
  settings: GatewaySettings,
  { routing }: RouteState,
  target: TrafficTarget,
  call: WriteCall,
): Promise<void> {
  const before = routing.kind === 'split' ? routing.target : null;
  const gains = slots.filter((slot) => serves(target, slot) && (before === null || !serves(before, slot)));
  if (gains.length === 0) return;
  const reading = { signal: call.signal, fresh: false, heardWithinMs: endpointsWithinMs };
  const endpoints = await readSlotEndpoints(settings, reading);
  const isServed = before !== null && slots.some((slot) => before.weights[slot] > 0 && endpoints[slot].ready > 0);
  const empty = gains.find((slot) => endpoints[slot].ready === 0);
  if (empty !== undefined && isServed) throw fail('kubernetes/slot-empty', { detail: empty });
}

function serves({ weights, preview, audiences }: TrafficTarget, slot: Slot): boolean {
  return weights[slot] > 0 || preview === slot || audiences.some((audience) => audience.slot === slot);
}

export function routeIntent(
  settings: GatewaySettings,
  { object, parsed }: Pick<RouteState, 'object' | 'parsed'>,
  target: RulesTarget,
  mark: Mark,
): Intent {
  const { name, resourceVersion } = (object as RouteObject).metadata;
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name,
      namespace: settings.namespace,
      resourceVersion,
      annotations: { ...printMark(mark), ...printRest(target) },
    },
    spec: specFor(settings, parsed, target),
  };
}
