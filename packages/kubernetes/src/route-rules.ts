import type { Audience, Slot, TrafficTarget, Weights } from '@bluegreen/contract';
import type { BackendRef, HeaderMatch, RouteFilter, RouteMatch, RouteRule } from './route-object.js';
import { fromVendor, toVendor } from './route-weights.js';

/** How the rules of an HTTPRoute are made from a target. */
export interface RulesPlan {
  readonly services: Readonly<Record<Slot, string>>;
  /** The header of the preview address; `null` without one. */
  readonly preview: { readonly header: string; readonly equals: string } | null;
}

/** What the rules shall do. `weights: null`: nobody is served. */
export type RulesTarget = Pick<TrafficTarget, 'preview' | 'audiences' | 'mirror'> & {
  readonly weights: Weights | null;
};

/** What stands in a route, sorted by whose it is. */
export interface ParsedRules {
  /** Rules without what this adapter added: those that split (`isMain`), and those of others. */
  readonly base: readonly { readonly rule: RouteRule; readonly isMain: boolean }[];
  /** Of each rule that splits. */
  readonly weights: readonly (Weights | null)[];
}

/**
 * Tells our rules from those of others by what they point at: a rule with both slots splits, a rule with one of them,
 * or with the preview header and nobody, was added by this adapter.
 */
export function parseRules(plan: RulesPlan, rules: readonly RouteRule[]): ParsedRules {
  const base: { rule: RouteRule; isMain: boolean }[] = [];
  const found: (Weights | null)[] = [];
  for (const rule of rules) {
    const kind = kindOf(plan, rule);
    if (kind === 'added') continue;
    const isMain = kind === 'main';
    base.push({ rule: isMain ? { ...rule, filters: otherFilters(plan, rule) } : rule, isMain });
    if (isMain) found.push(fromVendor(weightsIn(plan, rule)));
  }
  return { base, weights: found };
}

/** The whole list of rules: in front of each rule that splits, those that look at a header. */
export function renderRules(plan: RulesPlan, { base }: ParsedRules, target: RulesTarget): readonly RouteRule[] {
  return base.flatMap(({ rule, isMain }) =>
    isMain ? [...addedRules(plan, rule, target), mainRule(plan, rule, target)] : [rule],
  );
}

/** Our part of the rules, in one order of keys, so that equal parts are equal texts. */
export function ownText(plan: RulesPlan, rules: readonly RouteRule[]): string {
  const own = rules.flatMap((rule): readonly unknown[] => {
    const kind = kindOf(plan, rule);
    if (kind === 'added') return [rule];
    return kind === 'main' ? [[weightsIn(plan, rule), ownFilters(plan, rule)]] : [];
  });
  return JSON.stringify(sorted(own));
}

type RuleKind = 'main' | 'added' | 'other';

function kindOf(plan: RulesPlan, rule: RouteRule): RuleKind {
  const refs = rule.backendRefs ?? [];
  if (refs.length === 0) return isPreview(plan, rule) ? 'added' : 'other';
  const slots = new Set(refs.map((ref) => slotOf(plan, ref)));
  if (slots.has(null)) return 'other';
  return slots.size === 2 ? 'main' : 'added';
}

function slotOf({ services }: RulesPlan, { name, kind = 'Service', namespace }: BackendRef): Slot | null {
  if (kind !== 'Service' || namespace !== undefined) return null;
  return name === services.blue ? 'blue' : name === services.green ? 'green' : null;
}

function isPreview({ preview }: RulesPlan, { matches = [] }: RouteRule): boolean {
  if (preview === null || matches.length === 0) return false;
  const name = preview.header.toLowerCase();
  const isOurs = (header: HeaderMatch): boolean =>
    header.name.toLowerCase() === name && header.value === preview.equals;
  return matches.every(({ headers = [] }) => headers.some(isOurs));
}

function weightsIn(plan: RulesPlan, { backendRefs = [] }: RouteRule): Record<Slot, number> {
  const sums = { blue: 0, green: 0 };
  for (const ref of backendRefs) {
    const slot = slotOf(plan, ref);
    if (slot !== null) sums[slot] += ref.weight ?? 1;
  }
  return sums;
}

function mainRule(plan: RulesPlan, rule: RouteRule, target: RulesTarget): RouteRule {
  const vendor = toVendor(target.weights);
  const backendRefs = (rule.backendRefs ?? []).map((ref) => ({ ...ref, weight: vendor[slotOf(plan, ref)!] }));
  const filters = [...(rule.filters ?? []), ...mirrorFilters(plan, rule, target)];
  const { filters: _, ...rest } = rule;
  return { ...rest, ...(filters.length === 0 ? {} : { filters }), backendRefs };
}

function addedRules(plan: RulesPlan, rule: RouteRule, { preview, audiences }: RulesTarget): RouteRule[] {
  const added: RouteRule[] = [];
  // It stays without a slot, too: whoever asks for the candidate must not get what users get.
  if (plan.preview !== null) added.push(headerRule(plan, rule, plan.preview, preview));
  for (const { match, slot } of [...audiences].sort(byName)) {
    if ('header' in match) added.push(headerRule(plan, rule, match, slot));
  }
  return added;
}

function byName(a: Audience, b: Audience): number {
  return a.name < b.name ? -1 : 1;
}

function headerRule(
  plan: RulesPlan,
  rule: RouteRule,
  { header, equals }: { readonly header: string; readonly equals: string },
  slot: Slot | null,
): RouteRule {
  const mark: HeaderMatch = { type: 'Exact', name: header, value: equals };
  const matches = (rule.matches ?? [{}]).map(
    (match): RouteMatch => ({ ...match, headers: [...(match.headers ?? []), mark] }),
  );
  const ref = rule.backendRefs?.find((each) => slotOf(plan, each) === slot);
  const { filters = [], ...rest } = rule;
  return {
    ...rest,
    matches,
    ...(filters.length === 0 ? {} : { filters }),
    backendRefs: ref === undefined ? [] : [{ ...ref, weight: 1 }],
  };
}

function mirrorFilters(plan: RulesPlan, rule: RouteRule, { mirror }: RulesTarget): RouteFilter[] {
  if (mirror === null) return [];
  const ref = rule.backendRefs!.find((each) => slotOf(plan, each) === mirror.slot)!;
  const { weight: _, ...backendRef } = ref;
  const fraction = { numerator: Math.round(mirror.percent * 10), denominator: 1000 };
  return [{ type: 'RequestMirror', requestMirror: { backendRef, fraction } }];
}

function ownFilters(plan: RulesPlan, { filters = [] }: RouteRule): RouteFilter[] {
  return filters.filter(
    ({ requestMirror }) => requestMirror !== undefined && slotOf(plan, requestMirror.backendRef) !== null,
  );
}

function otherFilters(plan: RulesPlan, rule: RouteRule): RouteFilter[] {
  const own = ownFilters(plan, rule);
  return (rule.filters ?? []).filter((filter) => !own.includes(filter));
}

/** The same value with its keys in order: the server keeps them in another one. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}
