import { createHash } from 'node:crypto';
import type { Routing, Slot, TrafficTarget } from '@bluegreen/contract';
import { slots } from '@bluegreen/contract';
import type { Collection, Reading } from './collection.js';
import { compareEndpoints, serviceLabel } from './endpoints.js';
import type { KubernetesCode } from './failure.js';
import type { GatewaySettings } from './gateway-options.js';
import type { EndpointSlice, Pod, ServiceObject } from './objects.js';
import type { ParentRef, ParentStatus, RouteObject } from './route-object.js';
import { ownText, type ParsedRules, parseRules, type RulesTarget, renderRules } from './route-rules.js';
import type { Following } from './settling.js';
import { type Mark, markOf, prefix, readMark } from './stamp.js';

/** What no rule can hold: the names of audiences. */
const targetName = `${prefix}target`;

export interface RouteState {
  readonly object: RouteObject | null;
  readonly routing: Routing;
  readonly revision: string;
  readonly mark: Mark | null;
  readonly parsed: ParsedRules;
}

type Rest = Pick<TrafficTarget, 'preview' | 'audiences' | 'mirror'>;

const nothing: Rest = { preview: null, audiences: [], mirror: null };

/** The annotation that holds what the rules cannot. */
export function printRest({ preview, audiences, mirror }: Rest): Record<string, string> {
  return { [targetName]: JSON.stringify({ preview, audiences, mirror }) };
}

export function routesOf({ cluster, namespace }: GatewaySettings): Collection<RouteObject> {
  return cluster.objects<RouteObject>('routes', namespace);
}

export async function readRouteState(settings: GatewaySettings, reading: Reading): Promise<RouteState> {
  return judgeRoute(settings, await routesOf(settings).item(settings.route, reading));
}

export function judgeRoute(settings: GatewaySettings, object: RouteObject | null): RouteState {
  const rules = object?.spec.rules ?? [];
  const parsed = parseRules(settings.plan, rules);
  const own = ownText(settings.plan, rules);
  const fields = object === null ? null : [markOf(object), object.metadata.annotations?.[targetName] ?? null, own];
  const revision = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
  const routing = routingOf(settings, object, parsed, own);
  return { object, routing, revision, mark: markOf(object), parsed };
}

function routingOf(settings: GatewaySettings, object: RouteObject | null, parsed: ParsedRules, own: string): Routing {
  if (object === null) return foreign('kubernetes/not-found', `httproutes/${settings.route}`);
  const { route, plan } = settings;
  const mark = readMark(object);
  if (mark === null) return foreign('kubernetes/not-adopted', `${route} has no stamp`);
  const rest = restOf(object);
  if (mark === 'unreadable' || rest === null)
    return foreign('kubernetes/edited', `the notes in ${route} cannot be read`);
  const [first, ...others] = parsed.weights;
  if (first === undefined) return foreign('kubernetes/not-adopted', `no rule of ${route} points at both slots`);
  if (others.some((weights) => weights?.green !== first?.green)) {
    return foreign('kubernetes/edited', `the rules of ${route} split in different ways`);
  }
  const expected = ownText(plan, renderRules(plan, parsed, { ...rest, weights: first }));
  const weighed = ownText(plan, object.spec.rules ?? []);
  // Weights in another unit say the same; everything else must be as it was written.
  if (expected !== own && !isReweighed(expected, weighed)) return foreign('kubernetes/edited', `rules of ${route}`);
  if (first === null) return { kind: 'unrouted' };
  const target: TrafficTarget = {
    ...rest,
    weights: first,
    candidate: null,
    fallback: null,
    cohort: { kind: 'per-request' },
  };
  return { kind: 'split', target };
}

/** True when two texts differ in nothing but the numbers of a split: somebody wrote 1 and 3 for 25 and 75 %. */
function isReweighed(a: string, b: string): boolean {
  const bare = (text: string) => text.replaceAll(/\{"blue":\d+,"green":\d+\}/g, '{}');
  return bare(a) === bare(b);
}

function restOf({ metadata }: RouteObject): Rest | null {
  const text = metadata.annotations?.[targetName];
  if (text === undefined) return nothing;
  try {
    const rest = JSON.parse(text) as Rest;
    return Array.isArray(rest.audiences) ? rest : null;
  } catch {
    return null;
  }
}

function foreign(code: KubernetesCode, detail: string): Routing {
  return { kind: 'foreign', summary: `${code}: ${detail}` };
}

/** The spec of the route with this target in it. */
export function specFor(
  settings: GatewaySettings,
  parsed: ParsedRules,
  target: RulesTarget,
): { readonly rules: unknown } {
  return { rules: renderRules(settings.plan, parsed, target) };
}

/** Whether every Gateway that the route names has taken this generation of it, all of it. */
export function followRoute({ object }: Pick<RouteState, 'object'>): Following {
  const parents = object?.spec.parentRefs ?? [];
  if (object === null || parents.length === 0) {
    return { kind: 'not-yet', summary: 'the route names no Gateway', isRefused: true };
  }
  const problems = parents.flatMap((parent) => parentProblem(object, parent) ?? []);
  if (problems.length === 0) return { kind: 'done' };
  const isRefused = problems.some((problem) => problem.isRefused);
  return { kind: 'not-yet', summary: problems.map(({ text }) => text).join('; '), isRefused };
}

interface Problem {
  readonly text: string;
  readonly isRefused: boolean;
}

function parentProblem(object: RouteObject, parent: ParentRef): Problem | null {
  const own = (object.status?.parents ?? []).filter(({ parentRef }) => isSame(parentRef, parent));
  if (own.length === 0) return { text: `${parent.name}: no controller has taken the route`, isRefused: false };
  const problems = own.map((status) => statusProblem(status, object.metadata.generation ?? 0));
  // Two controllers may claim one Gateway while one is replaced: one that is done is enough.
  const [first] = problems;
  return first == null || problems.includes(null) ? null : { ...first, text: `${parent.name}: ${first.text}` };
}

function statusProblem({ conditions = [] }: ParentStatus, generation: number): Problem | null {
  for (const type of ['Accepted', 'ResolvedRefs']) {
    const condition = conditions.find((each) => each.type === type);
    if (condition === undefined || (condition.observedGeneration ?? 0) < generation) {
      return { text: `${type} is not known yet`, isRefused: false };
    }
    const isRefused = condition.status === 'False' && condition.reason !== 'Pending';
    if (condition.status !== 'True')
      return { text: `${type} is ${condition.status}: ${condition.reason ?? ''}`, isRefused };
  }
  const partly = conditions.find(({ type, status }) => type === 'PartiallyInvalid' && status === 'True');
  return partly === undefined ? null : { text: `some rules are dropped: ${partly.reason ?? ''}`, isRefused: true };
}

function isSame(a: ParentRef, b: ParentRef): boolean {
  return (
    a.name === b.name &&
    (a.sectionName ?? '') === (b.sectionName ?? '') &&
    (a.port ?? 0) === (b.port ?? 0) &&
    (a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace)
  );
}

/** Pods that get requests when their slot does, and ready ones that no router knows of yet. */
export interface SlotEndpoints {
  readonly ready: number;
  readonly missing: number;
}

export async function readSlotEndpoints(
  settings: GatewaySettings,
  reading: Reading,
): Promise<Readonly<Record<Slot, SlotEndpoints>>> {
  const [blue, green] = await Promise.all(slots.map((slot) => endpointsOf(settings, slot, reading)));
  return { blue: blue!, green: green! };
}

async function endpointsOf(
  { cluster, namespace, plan, slotLabel }: GatewaySettings,
  slot: Slot,
  reading: Reading,
): Promise<SlotEndpoints> {
  const name = plan.services[slot];
  const service = await cluster.objects<ServiceObject>('services', namespace).item(name, reading);
  if (service?.spec.selector === undefined) return { ready: 0, missing: 0 };
  const [slices, pods] = await Promise.all([
    cluster.objects<EndpointSlice>('slices', namespace).select({ [serviceLabel]: name }, reading),
    cluster.objects<Pod>('pods', namespace, slotLabel).select(service.spec.selector, reading),
  ]);
  const { right, missing } = compareEndpoints(slices, pods, ({ metadata }) => metadata.labels?.[slotLabel], slot);
  return { ready: right, missing: missing.length };
}
