import type { Evidence } from '@bluegreen/contract';
import type { CompiledGate } from '@bluegreen/machine';
import { printCount, printSharePair } from './numbers.js';
import type { GateAttempt, ReleaseSummary } from './summary.js';

/** `6.2 % > 1 % of 1,204 requests`: the numbers of an error rate; `null` for evidence of another kind. */
export function rateText(summary: ReleaseSummary, gate: CompiledGate, evidence: Evidence): string | null {
  const { value, limit, samples } = evidence;
  if (gate.kind !== 'analysis' || summary.plan.policy.analyses[gate.analysis]?.kind !== 'threshold') return null;
  if (value === undefined || limit === undefined) return null;
  const [rate, most] = printSharePair(value, limit);
  const of = samples === undefined ? '' : ` of ${printCount(samples)} requests`;
  return `${rate} ${value > limit ? '>' : '≤'} ${most}${of}`;
}

/** What a gate found. A verdict speaks for its numbers; without one the evidence says what is missing. */
export function evidenceText(summary: ReleaseSummary, gate: CompiledGate, attempt: GateAttempt): string | null {
  const { evidence, verdict } = attempt;
  if (evidence === null) return null;
  const said = evidence.summary.startsWith(`${gate.name}: `)
    ? evidence.summary.slice(gate.name.length + 2)
    : evidence.summary;
  if (verdict !== 'pass' && verdict !== 'fail') return said;
  return rateText(summary, gate, evidence) ?? said;
}
