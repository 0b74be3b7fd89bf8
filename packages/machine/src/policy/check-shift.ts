import { type Problem, printValue, refusal, warning } from './problem.js';
import type { LoosePolicy } from './shape-check.js';
import { isEverybody } from './source-range.js';

/** The steps grow, end at 100, and nothing comes after that. */
export function checkShift(policy: LoosePolicy): readonly Problem[] {
  const { shift } = policy;
  if (shift === undefined || shift.length === 0) return [];
  const problems: Problem[] = [];
  const audiences = new Set<string>();
  let reached = 0;
  let isClear = true;
  for (const [index, step] of shift.entries()) {
    const path = ['shift', index];
    if (reached === 100) {
      problems.push(refusal('policy/step-after-cutover', path));
    } else if (step?.mirror !== undefined) {
      if (reached > 0 || audiences.size > 0) {
        const detail = reached > 0 ? `${reached} % are there` : `${[...audiences].join(', ')} is there`;
        problems.push(refusal('policy/mirror-after-users', [...path, 'mirror'], detail));
      }
    } else if (step?.audience !== undefined) {
      if (audiences.has(step.audience)) {
        problems.push(refusal('policy/audience-repeated', [...path, 'audience'], printValue(step.audience)));
      }
      audiences.add(step.audience);
    } else if (step?.to === undefined) {
      isClear = false;
    } else {
      if (step.to <= reached) {
        problems.push(refusal('policy/shift-not-growing', [...path, 'to'], `${step.to} after ${reached}`));
      }
      reached = step.to;
      problems.push(...checkRaise(policy, index));
    }
  }
  // Where a step could not be read, it may have been the one to 100.
  if (reached !== 100 && isClear) {
    problems.push(refusal('policy/shift-incomplete', ['shift'], `it ends at ${reached}`));
  }
  return problems;
}

/** A raise leads somewhere, not past the next step, and something in its step can ask for it. */
function checkRaise({ shift = [], analyses = {} }: LoosePolicy, index: number): readonly Problem[] {
  const { to, raise, gates = [] } = shift[index]!;
  if (to === undefined || raise?.to === undefined) return [];
  const path = ['shift', index, 'raise', 'to'];
  if (raise.to <= to) return [refusal('policy/raise-invalid', path, `${raise.to} in a step to ${to}`)];
  const following = shift[index + 1];
  // An audience step keeps the percent of the step before: users would be moved away from the candidate.
  const next = following?.audience === undefined ? following?.to : to;
  if (next !== undefined && raise.to > Math.min(next, 99.9))
    return [refusal('policy/raise-invalid', path, `${raise.to}, and the next step goes to ${next}`)];
  const asks = gates.some(
    (gate) => gate?.analysis !== undefined && gate.dryRun !== true && analyses[gate.analysis]?.kind === 'error-ratio',
  );
  return asks ? [] : [refusal('policy/raise-invalid', path, 'no gate of this step compares errors')];
}

/** Warns about steps that nobody looks at, and audiences that are everybody. */
export function checkAttention({ shift = [], audiences = {} }: LoosePolicy): readonly Problem[] {
  return [
    ...shift.flatMap((step, index) => {
      const isLast = index === shift.length - 1;
      const isWatched = step?.hold !== undefined || (step?.gates ?? []).length > 0;
      return isLast || isWatched ? [] : [warning('policy/step-unwatched', ['shift', index])];
    }),
    ...Object.entries(audiences).flatMap(([name, audience]) =>
      (audience?.sourceRanges ?? []).flatMap((range, index) =>
        range !== undefined && isEverybody(range)
          ? [warning('policy/audience-everyone', ['audiences', name, 'sourceRanges', index], printValue(range))]
          : [],
      ),
    ),
  ];
}
