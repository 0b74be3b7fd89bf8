import { errorCodes } from '@bluegreen/contract';
import * as v from 'valibot';
import type { Policy } from './policy.js';
import { type Path, type PolicyCode, type Problem, printValue, refusal } from './problem.js';
import { checkingSchema } from './schema.js';
import { unknownKeys } from './unknown-keys.js';

/** A policy from which everything ill-typed was taken out: what is there has its type, but anything may be missing. */
export type LoosePolicy = Loose<Policy>;

type Loose<T> = T extends readonly (infer Item)[]
  ? readonly (Loose<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Loose<T[Key]> | undefined }
    : T;

export interface ShapeCheck {
  readonly problems: readonly Problem[];
  /** So that one mistake does not hide the others: what is wrong is cut out, the rest is checked on. */
  readonly loose: LoosePolicy;
  /** The names that are defined, however badly; `null` where nobody can tell. */
  readonly names: { readonly analyses: readonly string[] | null; readonly audiences: readonly string[] | null };
  /** The policy, when its shape has no problem. */
  readonly policy: Policy | null;
}

/** Checks keys, types and single values of a plain copy, which it cuts down to what is well-formed. */
export function checkShape(copy: unknown): ShapeCheck {
  const unknown = unknownKeys(checkingSchema, copy);
  const { issues = [], output } = v.safeParse(checkingSchema, copy);
  const problems = withoutRepeats([...unknown, ...issues.flatMap(toProblems)]);
  const root = isObject(copy) ? copy : {};
  const names = { analyses: namesIn(root, 'analyses'), audiences: namesIn(root, 'audiences') };
  for (const { path } of problems) cutOut(root, path);
  return { problems, names, loose: root as LoosePolicy, policy: problems.length === 0 ? (output as Policy) : null };
}

function namesIn(root: object, key: string): readonly string[] | null {
  const defined = (root as Record<string, unknown>)[key];
  if (defined === undefined) return [];
  return isObject(defined) ? Object.keys(defined) : null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Issue = v.BaseIssue<unknown>;

function toProblems(issue: Issue): readonly Problem[] {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  if (issue.type === 'loose_object') return [missingKey(issue, path)];
  if (issue.type === 'strict_object') {
    // Unknown keys were found already, all of them.
    return issue.expected === 'never' ? [] : [missingKey(issue, path)];
  }
  const [code, asked] = takeApart(issue.message);
  if (code === null) return [refusal('policy/wrong-type', path, printValue(issue.input))];
  if (code === 'policy/list-empty') return [refusal(code, path)];
  return [refusal(code, path, speaksForItself.has(code) ? asked : `${printValue(issue.input)} instead of ${asked}`)];
}

/** Where what is asked says already what is there. */
const speaksForItself: ReadonlySet<PolicyCode> = new Set([
  'policy/gate-unclear',
  'policy/step-unclear',
  'policy/audience-unclear',
  'policy/source-range-invalid',
]);

function missingKey(issue: Issue, path: Path): Problem {
  const owner = (issue.path?.at(-1) as { readonly input?: object } | undefined)?.input ?? {};
  const isExpiry = path.at(-1) === 'expires' && 'approval' in owner;
  return refusal(isExpiry ? 'policy/approval-without-expiry' : 'policy/missing-key', path);
}

function takeApart(message: string): readonly [PolicyCode | null, string] {
  const [code = '', ...asked] = message.split(': ');
  return [Object.hasOwn(errorCodes, code) ? (code as PolicyCode) : null, asked.join(': ')];
}

function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path }) => {
    const key = JSON.stringify([code, path]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Items of lists become `undefined`, so that the others keep their places. */
function cutOut(root: object, path: Path): void {
  let owner: unknown = root;
  for (const part of path.slice(0, -1)) {
    if (typeof owner !== 'object' || owner === null) return;
    owner = (owner as Record<string | number, unknown>)[part];
  }
  const last = path.at(-1);
  if (typeof owner !== 'object' || owner === null || last === undefined) return;
  if (Array.isArray(owner)) owner[Number(last)] = undefined;
  else delete (owner as Record<string | number, unknown>)[last];
}
