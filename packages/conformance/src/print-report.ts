import { docsOf } from './rule.js';
import type { ConformanceReport } from './suite.js';

/** A report for people: a line of counts, then each rule that was not shown, and why. */
export function printReport({ kind, rules, shown, broken, notShown, notDeclared }: ConformanceReport): string {
  const counts = `${kind}: ${shown} shown, ${broken} broken, ${notShown} not shown, ${notDeclared} not declared`;
  const lines = rules.flatMap((each) => {
    if (each.status === 'broken')
      return [`  BROKEN     ${each.rule}: ${each.seen}`, `             ${docsOf(each.rule)}`];
    return each.status === 'not-shown' ? [`  not shown  ${each.rule}: ${each.reason}`] : [];
  });
  return [counts, ...lines].join('\n');
}
