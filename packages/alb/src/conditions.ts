import { isIP } from 'node:net';
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AudienceMatch } from '@bluegreen/contract';

/** Values and wildcards that one rule may hold over all its conditions [documented limits of ALB rules]. */
const mostValues = 5;
const mostHeaderName = 40;
const mostHeaderValue = 128;

/** Why the load balancer can't recognise this audience; `null` when it can. */
export function audienceProblem(match: AudienceMatch): string | null {
  if ('sourceRanges' in match) return rangesProblem(match.sourceRanges);
  const name = 'header' in match ? match.header : match.cookie;
  if (!/^[A-Za-z0-9!#$%&'+.^_`|~-]+$/.test(name) || name.length > mostHeaderName) {
    return `${JSON.stringify(name)} is no name of at most ${mostHeaderName} characters without wildcards`;
  }
  if ('header' in match && name.toLowerCase() === 'host') return 'the host header has a condition of its own';
  const { equals } = match;
  if (equals === '' || /[*?\\]/.test(equals) || /[^\x20-\x7e]/.test(equals)) {
    return `${JSON.stringify(equals)} is empty or has a character with a meaning (*, ?, \\)`;
  }
  if ('cookie' in match && /[;,\s]/.test(equals)) return `${JSON.stringify(equals)} can't be the value of a cookie`;
  const longest = Math.max(...valuesOf(match).map(({ length }) => length));
  return longest > mostHeaderValue
    ? `needs a value of ${longest} characters, at most ${mostHeaderValue} are allowed`
    : null;
}

function rangesProblem(ranges: readonly string[]): string | null {
  if (ranges.length === 0 || ranges.length > mostValues)
    return `1 to ${mostValues} source ranges, not ${ranges.length}`;
  const wrong = ranges.find((range) => {
    const [address = '', prefix = '', ...more] = range.split('/');
    const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    return more.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > most;
  });
  return wrong === undefined ? null : `${JSON.stringify(wrong)} is no range in CIDR notation`;
}

/**
 * The condition that recognises an audience. A cookie is found in the `Cookie` header as a whole pair: alone, first,
 * last or in the middle, so that `beta=1` is not found in `alphabeta=1` or `beta=12`.
 */
export function audienceCondition(match: AudienceMatch): RuleCondition {
  if ('sourceRanges' in match) return { Field: 'source-ip', SourceIpConfig: { Values: [...match.sourceRanges] } };
  const name = 'header' in match ? match.header : 'Cookie';
  return { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: name, Values: valuesOf(match) } };
}

function valuesOf(match: AudienceMatch): string[] {
  if ('header' in match) return [match.equals];
  if ('sourceRanges' in match) return [...match.sourceRanges];
  const pair = `${match.cookie}=${match.equals}`;
  return [pair, `${pair};*`, `*; ${pair}`, `*; ${pair};*`];
}

/** The conditions of an audience's rule: what leads to the service at all, and the audience. */
export function ruleConditions(base: readonly RuleCondition[], match: AudienceMatch): RuleCondition[] {
  return [...base.map(writable), audienceCondition(match)];
}

/** Why one rule can't hold these conditions; `null` when it can. */
export function conditionsProblem(conditions: readonly RuleCondition[]): string | null {
  const values = conditions.flatMap(conditionValues);
  if (values.length > mostValues) return `${values.length} values in one rule, at most ${mostValues} are allowed`;
  const wildcards = conditions
    .flatMap((condition) => (condition.Field === 'source-ip' ? [] : conditionValues(condition)))
    .reduce((sum, value) => sum + (value.match(/[*?]/g)?.length ?? 0), 0);
  if (wildcards > mostValues) return `${wildcards} wildcards in one rule, at most ${mostValues} are allowed`;
  const ranges = conditions.filter(({ Field }) => Field === 'source-ip').length;
  return ranges > 1 ? 'two conditions by source range in one rule' : null;
}

/** A condition as it may be sent: a Describe answer may carry its values twice. */
export function writable(condition: RuleCondition): RuleCondition {
  const { Values, ...rest } = condition;
  if (configOf(rest) !== null) return rest;
  if (condition.Field === 'host-header') return { Field: 'host-header', HostHeaderConfig: { Values: Values ?? [] } };
  if (condition.Field === 'path-pattern') return { Field: 'path-pattern', PathPatternConfig: { Values: Values ?? [] } };
  return condition;
}

/** The same conditions, in whatever order and form they were read. */
export function sameConditions(a: readonly RuleCondition[], b: readonly RuleCondition[]): boolean {
  return canonical(a) === canonical(b);
}

export function canonical(conditions: readonly RuleCondition[]): string {
  return JSON.stringify(conditions.map((condition) => conditionText(writable(condition))).sort());
}

function conditionText(condition: RuleCondition): string {
  const name = condition.HttpHeaderConfig?.HttpHeaderName?.toLowerCase() ?? '';
  return JSON.stringify([condition.Field, name, [...conditionValues(condition)].sort()]);
}

function conditionValues(condition: RuleCondition): string[] {
  const config = configOf(condition);
  if (config === null) return condition.Values ?? [];
  return [...(config.Values ?? []), ...(config.RegexValues ?? [])].map((value) =>
    typeof value === 'string' ? value : `${value.Key ?? ''}=${value.Value ?? ''}`,
  );
}

interface ConditionConfig {
  readonly Values?:
    | readonly (string | { readonly Key?: string | undefined; readonly Value?: string | undefined })[]
    | undefined;
  readonly RegexValues?: readonly string[] | undefined;
}

function configOf(condition: RuleCondition): ConditionConfig | null {
  return (
    condition.HostHeaderConfig ??
    condition.PathPatternConfig ??
    condition.HttpHeaderConfig ??
    condition.QueryStringConfig ??
    condition.HttpRequestMethodConfig ??
    condition.SourceIpConfig ??
    null
  );
}
