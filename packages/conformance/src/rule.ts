/** How much is tried: `quick` fits every test run, `full` tries every value. */
export type Size = 'quick' | 'full';

/**
 * One thing that an adapter or a journal has to do, and what shows that it does. A rule is data: it can be listed,
 * counted and documented without running it.
 */
export interface Rule<Trial> {
  /** Stable; also the heading of its paragraph in the docs. */
  readonly id: string;
  /** Completes the sentence "It …". */
  readonly title: string;
  /** What went wrong in a release whose adapter did not keep it. */
  readonly why: string;
  /** The parts of the harness without which it cannot be shown. */
  readonly needs: readonly string[];
  /** Why the adapter promises nothing here; `null`: it does. Asked before any help is missed. */
  undeclared?(trial: Trial): string | null;
  check(trial: Trial): Promise<void>;
}

/** What came of one rule. `not-shown`: help of the author is missing. `not-declared`: the adapter promises nothing here. */
export type RuleResult =
  | { readonly rule: string; readonly status: 'shown' }
  | { readonly rule: string; readonly status: 'broken'; readonly seen: string }
  | { readonly rule: string; readonly status: 'not-shown'; readonly reason: string }
  | { readonly rule: string; readonly status: 'not-declared'; readonly reason: string };

/** Where the docs explain a rule. */
export function docsOf(ruleId: string): string {
  return `docs/reference/conformance.md#${ruleId}`;
}

/** Ends the check of a rule before its last line. */
export class RuleEnded extends Error {
  override readonly name = 'RuleEnded';
  readonly status: 'broken' | 'not-shown' | 'not-declared';

  constructor(status: RuleEnded['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/** The rule is broken; says what was seen. */
export function broken(seen: string): never {
  throw new RuleEnded('broken', seen);
}

/** The adapter declares nothing that this rule could hold it to. */
export function notDeclared(reason: string): never {
  throw new RuleEnded('not-declared', reason);
}

/** Nobody can show this here. */
export function notShown(reason: string): never {
  throw new RuleEnded('not-shown', reason);
}
