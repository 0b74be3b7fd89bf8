import type { Finding } from '@bluegreen/contract';
import type { CompiledPolicy } from '../compiled-policy.js';
import { checkAnalyses } from './check-analyses.js';
import { checkDurations, checkSum } from './check-durations.js';
import { checkNames, checkUses, type KnownNames } from './check-names.js';
import { checkAttention, checkShift } from './check-shift.js';
import { checkWindows } from './check-windows.js';
import { compileChecked } from './compile.js';
import { type Place, placesOf } from './places.js';
import { plainCopy } from './plain-copy.js';
import type { AnyPolicy, Policy } from './policy.js';
import { type Problem, toError, toFinding, warning } from './problem.js';
import { checkShape, type LoosePolicy } from './shape-check.js';

/** Names that the releaser has: `checks`, `webhooks`, `hooks`. Left out: any name will do. */
export type CheckOptions = KnownNames;

/**
 * Everything that is wrong with a policy, all of it at once, refusals and warnings. Never throws, changes nothing, and takes
 * anything at all. An empty list means: this policy can be compiled, and nothing about it looks like a slip.
 */
export function checkPolicy(value: unknown, options: CheckOptions = {}): readonly Finding[] {
  return inspect(value, options).problems.map(toFinding);
}

/**
 * The policy with every default filled in and every duration in milliseconds, as the machine wants it.
 *
 * @throws `policy/…`, the first refusal; `findings` of the error has all of them, and the warnings.
 */
export function compilePolicy(policy: AnyPolicy, options: CheckOptions = {}): CompiledPolicy {
  return compileChecked(parsePolicy(policy, options));
}

/**
 * A policy from parsed YAML or JSON. Answers a copy; `value` is not changed.
 *
 * @throws `policy/…`, the first problem; `findings` of the error has all of them, with their places.
 */
export function parsePolicy(value: unknown, options: CheckOptions = {}): AnyPolicy {
  const { problems, policy } = inspect(value, options);
  const error = toError(problems);
  if (error !== null) throw error;
  return policy!;
}

interface Inspection {
  readonly problems: readonly Problem[];
  /** `null` when its shape is refused. */
  readonly policy: Policy | null;
}

function inspect(value: unknown, options: CheckOptions): Inspection {
  const { copy, problems: copyProblems } = plainCopy(value);
  if (copyProblems.length > 0) return { problems: copyProblems, policy: null };
  const shape = checkShape(copy);
  const places = placesOf(shape.loose);
  const refusals = [
    ...shape.problems,
    ...checkNames(shape, places, options),
    ...checkShift(shape.loose),
    ...checkDurations(shape.loose, places),
    ...checkWindows(shape.loose),
    ...checkAnalyses(shape.loose, places),
  ];
  const { policy } = shape;
  if (policy === null) return { problems: refusals, policy };
  // What was cut out would look unused or unwatched, and a sum over a refused policy says nothing.
  const sum = refusals.length === 0 ? checkSum(compileChecked(policy)) : [];
  const warnings = [...checkUses(shape, places), ...checkAttention(shape.loose), ...checkWatch(shape.loose, places)];
  return { problems: [...refusals, ...sum, ...warnings], policy };
}

/** Warns where an analysis has nothing to look at, and where nothing looks. */
function checkWatch({ guardrails = [] }: LoosePolicy, places: readonly Place[]): readonly Problem[] {
  return places.flatMap(({ kind, path, gates }) => {
    const analyses = gates.filter(({ gate }) => gate.analysis !== undefined);
    if (kind === 'verify') {
      return analyses.map((each) => warning('policy/analysis-before-traffic', [...each.path, 'analysis']));
    }
    const isWatched = guardrails.length > 0 || analyses.some(({ gate }) => gate.analysis !== undefined && !gate.dryRun);
    return kind === 'bake' && !isWatched ? [warning('policy/bake-unwatched', path)] : [];
  });
}
