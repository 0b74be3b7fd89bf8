import { fail } from './failure.js';
import { docsOf, type Rule, type RuleResult, type Size } from './rule.js';
import { type Opened, runRule } from './run-rule.js';

/** The test functions of any runner: vitest, jest, mocha, or `describe` and `test` of `node:test`. */
export interface TestFunctions {
  describe(name: string, body: () => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: each runner hands its own context to a test.
  test(name: string, body: (...context: any[]) => Promise<void>, timeoutMs?: number): unknown;
}

export interface ConformanceOptions {
  /** `quick` unless told. */
  readonly size?: Size;
  /** Rules that nobody can show here, by id, each with the reason. One that can be shown after all fails. */
  readonly notShown?: Readonly<Record<string, string>>;
  /** These rules alone, by id, while an adapter is being written. Only all of them prove it. */
  readonly only?: readonly string[];
}

/** What came of every rule. It never says more than was shown: only `broken` counts the ones that are wrong. */
export interface ConformanceReport {
  readonly kind: 'traffic' | 'environment' | 'journal';
  readonly rules: readonly RuleResult[];
  readonly shown: number;
  readonly broken: number;
  readonly notShown: number;
  readonly notDeclared: number;
}

/** One kind of thing that can be proven. */
export interface Suite<Trial> {
  readonly kind: ConformanceReport['kind'];
  readonly rules: readonly Rule<Trial>[];
  open(): Promise<Opened<Trial>>;
}

/** Runners give up after some seconds; a rule has bounds of its own for everything that it waits for. */
const testLimitMs = 120_000;

/** Registers one test per rule. */
export function registerSuite<Trial>(
  { describe, test }: TestFunctions,
  suite: Suite<Trial>,
  { notShown = {}, only }: ConformanceOptions,
): void {
  refuseUnknown(suite, [...Object.keys(notShown), ...(only ?? [])]);
  describe(`conformance (${suite.kind})`, () => {
    for (const rule of chosen(suite, only)) {
      const acknowledged = notShown[rule.id];
      const suffix = acknowledged === undefined ? '' : ` [not shown: ${acknowledged}]`;
      const body = async (...context: unknown[]) => {
        const result = await runRule(rule, suite.open);
        const reason = judge(rule, result, acknowledged);
        if (reason !== null) skipIn(context[0], reason);
      };
      test(`${rule.id}: ${rule.title}${suffix}`, body, testLimitMs);
    }
  });
}

/** Tries every rule, one after the other, without any test runner. */
export async function runSuite<Trial>(
  suite: Suite<Trial>,
  { notShown = {}, only }: ConformanceOptions,
): Promise<ConformanceReport> {
  refuseUnknown(suite, [...Object.keys(notShown), ...(only ?? [])]);
  const rules: RuleResult[] = [];
  for (const rule of chosen(suite, only)) rules.push(explained(await runRule(rule, suite.open), notShown[rule.id]));
  const count = (status: RuleResult['status']) => rules.filter((each) => each.status === status).length;
  return {
    kind: suite.kind,
    rules,
    shown: count('shown'),
    broken: count('broken'),
    notShown: count('not-shown'),
    notDeclared: count('not-declared'),
  };
}

function chosen<Trial>({ rules }: Suite<Trial>, only: readonly string[] | undefined): readonly Rule<Trial>[] {
  return only === undefined ? rules : rules.filter(({ id }) => only.includes(id));
}

function refuseUnknown<Trial>({ rules }: Suite<Trial>, ids: readonly string[]): void {
  const unknown = ids.find((id) => !rules.some((rule) => rule.id === id));
  if (unknown !== undefined) throw fail('conformance/rule-unknown', { detail: unknown });
}

/** The author's reason says more than that something is missing. */
function explained(result: RuleResult, acknowledged: string | undefined): RuleResult {
  if (acknowledged === undefined) return result;
  if (result.status === 'not-shown') return { ...result, reason: acknowledged };
  if (result.status !== 'shown') return result;
  return { rule: result.rule, status: 'broken', seen: 'it can be shown, and `notShown` says that it cannot' };
}

/** Fails the test, or says why it shows nothing; `null` when it was shown. */
function judge<Trial>(rule: Rule<Trial>, result: RuleResult, acknowledged: string | undefined): string | null {
  const head = `${rule.id}: ${rule.title}`;
  if (result.status === 'broken') {
    const detail = `\n  rule: ${head}\n  seen: ${result.seen}\n  why:  ${rule.why}\n  docs: ${docsOf(rule.id)}\n`;
    throw fail('conformance/rule-broken', { detail });
  }
  if (acknowledged !== undefined && result.status === 'shown') {
    throw fail('conformance/rule-shown-after-all', { detail: head });
  }
  if (result.status === 'not-shown' && acknowledged === undefined) {
    throw fail('conformance/rule-not-shown', { detail: `${head}; ${result.reason}; ${docsOf(rule.id)}` });
  }
  return result.status === 'shown' ? null : result.reason;
}

/** vitest, mocha and `node:test` can skip a test that runs already; elsewhere it ends and says nothing. */
function skipIn(context: unknown, reason: string): void {
  const { skip } = (context ?? {}) as { skip?: unknown };
  if (typeof skip === 'function') skip.call(context, reason);
}
