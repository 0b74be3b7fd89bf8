import { type Slot, slots, weightsOf } from '@bluegreen/contract';
import { apply } from './apply.js';
import { fail } from './failure.js';
import type { GatewaySettings } from './gateway-options.js';
import { routeIntent } from './gateway-route.js';
import type { BackendRef, RouteRule } from './route-object.js';
import { parseRules } from './route-rules.js';
import { routesOf } from './route-state.js';
import { firstMark, markOf } from './stamp.js';

/** Takes the route over: the one deliberate act that asks nobody who held its rules. */
export async function setUpRoute(
  settings: GatewaySettings,
  adopt: Slot | null,
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Promise<void> {
  const { plan, route, manager } = settings;
  const routes = routesOf(settings);
  const object = await routes.item(route, { signal, fresh: true });
  if (object === null) throw fail('kubernetes/not-found', { detail: `httproutes/${route}` });
  const known = parseRules(plan, object.spec.rules ?? []);
  // A route that splits already keeps its rules; otherwise those of one slot become those of both.
  const rules =
    known.weights.length > 0 ? known.base.map(({ rule }) => rule) : withBothSlots(settings, object.spec.rules ?? []);
  const parsed = parseRules(plan, rules);
  if (parsed.weights.length === 0) {
    const { blue, green } = plan.services;
    throw fail('kubernetes/not-adopted', { detail: `no rule of ${route} points at ${blue} or ${green}` });
  }
  const weights = adopt === null ? null : weightsOf(adopt, 100);
  const target = { weights, preview: null, audiences: [], mirror: null };
  const intent = routeIntent(settings, { object, parsed }, target, markOf(object) ?? firstMark);
  await apply(routes, intent, { before: object, manager, signal, force: true });
}

function withBothSlots({ plan: { services } }: GatewaySettings, rules: readonly RouteRule[]): readonly RouteRule[] {
  const names: readonly string[] = slots.map((slot) => services[slot]);
  return rules.map((rule) => {
    const [ref, ...others] = rule.backendRefs ?? [];
    if (ref === undefined || others.length > 0 || !names.includes(ref.name)) return rule;
    const backendRefs = slots.map((slot): BackendRef => ({ ...ref, name: services[slot] }));
    return { ...rule, backendRefs };
  });
}
