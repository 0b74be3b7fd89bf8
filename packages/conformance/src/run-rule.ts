import { isBluegreenError } from '@bluegreen/contract';
import { type Rule, RuleEnded, type RuleResult } from './rule.js';

/** What a rule is tried on, and how to put it away afterwards. */
export interface Opened<Trial> {
  readonly trial: Trial;
  readonly harness: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Tries one rule on a fresh bench. Whatever the adapter does, this answers. */
export async function runRule<Trial>(rule: Rule<Trial>, open: () => Promise<Opened<Trial>>): Promise<RuleResult> {
  const opened = await open();
  try {
    const undeclared = rule.undeclared?.(opened.trial) ?? null;
    if (undeclared !== null) return { rule: rule.id, status: 'not-declared', reason: undeclared };
    const missing = rule.needs.filter((part) => opened.harness[part] === undefined);
    if (missing.length > 0) {
      return { rule: rule.id, status: 'not-shown', reason: `the harness has no ${missing.join(' and no ')}` };
    }
    await rule.check(opened.trial);
    return { rule: rule.id, status: 'shown' };
  } catch (error) {
    if (!(error instanceof RuleEnded)) return { rule: rule.id, status: 'broken', seen: describeError(error) };
    return error.status === 'broken'
      ? { rule: rule.id, status: 'broken', seen: error.message }
      : { rule: rule.id, status: error.status, reason: error.message };
  } finally {
    await opened.close();
  }
}

/** An error in one line for a person. */
export function describeError(error: unknown): string {
  if (isBluegreenError(error)) return `${error.message} [${error.reaction}]`;
  if (!(error instanceof Error)) return `something thrown that is no Error: ${String(error)}`;
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? '';
  return `${error.name}: ${error.message} ${place.trim()}`.trim();
}
