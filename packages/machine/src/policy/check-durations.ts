import { durationMs, printDuration } from '@bluegreen/contract';
import type { CompiledPolicy } from '../compiled-policy.js';
import { policyDefaults } from './defaults.js';
import { looseMs, type Place } from './places.js';
import { type Path, type Problem, refusal } from './problem.js';
import type { LoosePolicy } from './shape-check.js';
import { shortestMs } from './shortest-duration.js';

/** Durations that contradict each other: something could never happen, or never in time. */
export function checkDurations(loose: LoosePolicy, places: readonly Place[]): readonly Problem[] {
  const totalMs = limitMs(loose, 'total');
  return [
    ...written(loose, places).flatMap(([path, text]) => {
      const ms = looseMs(text);
      if (ms === null || ms <= totalMs) return [];
      return [refusal('policy/longer-than-total', path, `${text}, limits.total is ${printDuration(totalMs)}`)];
    }),
    ...places.flatMap((place) => checkPlace(loose, place)),
    ...Object.entries(loose.analyses ?? {}).flatMap(([name, analysis]) => {
      const needed = neededText(analysis);
      const [everyMs, windowMs] = [looseMs(analysis?.every), looseMs(needed?.text)];
      if (everyMs === null || windowMs === null || everyMs <= windowMs) return [];
      const detail = `every ${analysis?.every}, ${needed?.called} ${needed?.text}`;
      return [refusal('policy/every-too-long', ['analyses', name, 'every'], detail)];
    }),
    ...checkPoll(loose),
  ];
}

/** The parts are short enough, but not all of them one after the other. */
export function checkSum(compiled: CompiledPolicy): readonly Problem[] {
  const shortest = shortestMs(compiled);
  const { totalMs } = compiled.limits;
  if (shortest <= totalMs) return [];
  const detail = `it takes at least ${printDuration(shortest)}, limits.total is ${printDuration(totalMs)}`;
  return [refusal('policy/sum-longer-than-total', ['limits', 'total'], detail)];
}

type Written = readonly [Path, string | undefined];

/**
 * Every duration that the policy itself writes for the time that `limits.total` covers. An approval's expiry is none: the
 * total stands still while a person is awaited.
 */
function written(loose: LoosePolicy, places: readonly Place[]): readonly Written[] {
  const { prepare, shift = [], bake, limits, analyses = {} } = loose;
  return [
    [['prepare', 'readyWithin'], prepare?.readyWithin],
    ...shift.flatMap((step, index): readonly Written[] => [
      [['shift', index, 'hold'], step?.hold],
      [['shift', index, 'raise', 'every'], step?.raise?.every],
    ]),
    [['bake', 'for'], bake?.for],
    ...places.flatMap((place) =>
      place.gates.flatMap(({ gate, path }): readonly Written[] => [
        [[...path, 'wait'], gate.wait],
        [[...path, 'timeout'], gate.check === undefined ? undefined : gate.timeout],
      ]),
    ),
    ...Object.entries(analyses).flatMap(([name, analysis]): readonly Written[] => {
      const key = analysis?.kind === undefined || analysis.kind === 'threshold' ? 'window' : 'minTime';
      const warmUp = analysis !== undefined && 'warmUp' in analysis ? analysis.warmUp : undefined;
      return [
        [['analyses', name, key], neededText(analysis)?.written],
        [['analyses', name, 'warmUp'], warmUp],
      ];
    }),
    ...(['call', 'settle', 'decide'] as const).map((key): Written => [['limits', key], limits?.[key]]),
  ];
}

/** What a gate needs to decide fits into the time that it gets: the hold and `limits.decide`. */
function checkPlace(loose: LoosePolicy, { holdMs, gates }: Place): readonly Problem[] {
  const givenMs = holdMs + limitMs(loose, 'decide');
  const given = `it is given up after ${printDuration(givenMs)}`;
  return gates.flatMap(({ gate, path }) => {
    if (gate.analysis !== undefined) {
      const needed = neededText(loose.analyses?.[gate.analysis]);
      if ((looseMs(needed?.text) ?? 0) <= givenMs) return [];
      const detail = `the ${needed?.called} is ${needed?.text}, ${given}`;
      return [refusal('policy/window-too-long', [...path, 'analysis'], detail)];
    }
    if (gate.check === undefined) return [];
    const { timeout = policyDefaults.check.timeout, attempts = policyDefaults.check.attempts } = gate;
    const neededMs = durationMs(timeout) * attempts;
    if (neededMs <= givenMs) return [];
    const detail = `${attempts} attempts take up to ${printDuration(neededMs)}, ${given}`;
    return [refusal('policy/check-too-long', [...path, 'check'], detail)];
  });
}

type LooseAnalysis = NonNullable<LoosePolicy['analyses']>[string];

/** The time without which an analysis decides nothing: as it is written, and as it is where nothing is written. */
function neededText(
  analysis: LooseAnalysis,
): { readonly called: string; readonly written: string | undefined; readonly text: string | undefined } | null {
  if (analysis === undefined) return null;
  if ('window' in analysis) return { called: 'window', written: analysis.window, text: analysis.window };
  if (analysis.kind !== 'error-ratio' && analysis.kind !== 'latency') return null;
  const { minTime } = analysis;
  return { called: 'minTime', written: minTime, text: minTime ?? policyDefaults.compared.minTime };
}

function checkPoll(loose: LoosePolicy): readonly Problem[] {
  const [pollMs, settleMs] = [limitMs(loose, 'poll'), limitMs(loose, 'settle')];
  if (pollMs < settleMs) return [];
  const key = loose.limits?.poll === undefined ? 'settle' : 'poll';
  const detail = `poll ${printDuration(pollMs)}, settle ${printDuration(settleMs)}`;
  return [refusal('policy/poll-too-long', ['limits', key], detail)];
}

function limitMs({ limits }: LoosePolicy, key: 'total' | 'decide' | 'poll' | 'settle'): number {
  return durationMs(limits?.[key] ?? policyDefaults.limits[key]);
}
