import type { Rule } from './rule.js';

/** The page of all rules, made from the rules themselves. */
export function printRules(kinds: Readonly<Record<string, readonly Rule<never>[]>>): string {
  const parts = Object.entries(kinds).map(([kind, rules]) => `## ${kind}\n\n${rules.map(paragraph).join('\n')}`);
  const count = Object.values(kinds).reduce((sum, rules) => sum + rules.length, 0);
  return `${introduction(count)}\n${parts.join('\n')}`;
}

function introduction(count: number): string {
  return `# Rules of conformance

What \`@bluegreen/conformance\` holds adapters and journals to: ${count} rules. This page is made from the rules; edit those.

A rule is **shown** when it was tried and held, **broken** when it was tried and did not. It is **not declared** when the
adapter promises nothing there, and **not shown** when the harness lacks a part that it needs.
`;
}

function paragraph({ id, title, why, needs }: Rule<never>): string {
  const help = needs.length === 0 ? '' : `\nNeeds of the harness: ${needs.map((part) => `\`${part}\``).join(', ')}.\n`;
  return `### ${id}\n\nIt ${title}.\n\nWithout it: ${why}\n${help}`;
}
