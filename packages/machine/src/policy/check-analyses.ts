import type { Place } from './places.js';
import { type Problem, refusal } from './problem.js';
import type { LoosePolicy } from './shape-check.js';

/** Analyses that contradict themselves, and gates that have nothing to compare with. */
export function checkAnalyses(loose: LoosePolicy, places: readonly Place[]): readonly Problem[] {
  return [...contradictions(loose), ...places.flatMap((place) => withoutControl(loose, place))];
}

function contradictions({ analyses = {} }: LoosePolicy): readonly Problem[] {
  return Object.entries(analyses).flatMap(([name, analysis]) => {
    if (analysis?.kind !== 'error-ratio') return [];
    const { maxRatio, maxRate, failAbove, harmlessRate } = analysis;
    const path = ['analyses', name];
    const problems: Problem[] = [];
    if (maxRate === 0) problems.push(refusal('policy/limits-contradict', [...path, 'maxRate'], 'maxRate is 0'));
    if (failAbove !== undefined && maxRatio !== undefined && failAbove >= maxRatio) {
      const detail = `failAbove ${failAbove}, maxRatio ${maxRatio}`;
      problems.push(refusal('policy/limits-contradict', [...path, 'failAbove'], detail));
    }
    if (harmlessRate !== undefined && maxRate !== undefined && harmlessRate >= maxRate) {
      const detail = `harmlessRate ${harmlessRate}, maxRate ${maxRate}`;
      problems.push(refusal('policy/limits-contradict', [...path, 'harmlessRate'], detail));
    }
    return problems;
  });
}

function withoutControl({ analyses = {}, shift = [] }: LoosePolicy, { kind, path, gates }: Place): readonly Problem[] {
  const isCutover = kind === 'step' && shift[Number(path[1])]?.to === 100;
  if (kind !== 'bake' && !isCutover) return [];
  return gates.flatMap(({ gate, path: at }) => {
    if (gate.analysis === undefined || gate.dryRun === true) return [];
    return analyses[gate.analysis]?.kind === 'latency'
      ? [refusal('policy/analysis-without-control', [...at, 'analysis'], gate.analysis)]
      : [];
  });
}
