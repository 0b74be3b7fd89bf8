import type { LabelCondition, LabelMatch } from './options.js';

/** What a selector is made of: a metric's name, or an expression that it matches, and conditions of several places. */
export interface Selector {
  readonly name: { readonly is: string } | { readonly matches: string };
  readonly match: readonly LabelMatch[];
}

/** The selector in PromQL. Every value is quoted, so nothing in an option can become a part of the query. */
export function printSelector({ name, match }: Selector): string {
  const conditions = match.flatMap((each) => Object.entries(each));
  const all = [nameCondition(name), ...conditions.map(([label, condition]) => printCondition(label, condition))];
  return `{${all.join(',')}}`;
}

/** The selector with a range that ends at the instant of the query: its answer is raw samples, nothing computed. */
export function printRange(selector: Selector, rangeMs: number): string {
  return `${printSelector(selector)}[${Math.max(1, Math.ceil(rangeMs))}ms]`;
}

function nameCondition(name: Selector['name']): string {
  return 'is' in name ? `__name__=${quote(name.is)}` : `__name__=~${quote(name.matches)}`;
}

function printCondition(label: string, condition: LabelCondition): string {
  if (typeof condition === 'string') return `${label}=${quote(condition)}`;
  if ('not' in condition) return `${label}!=${quote(condition.not)}`;
  if ('matches' in condition) return `${label}=~${quote(condition.matches)}`;
  return `${label}!~${quote(condition.matchesNot)}`;
}

/** Quoted as Go reads it, which is how PromQL does; JSON escapes are a part of Go's. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/\u007f/g, '\\u007f');
}
