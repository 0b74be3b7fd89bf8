import { rateText } from './evidence-text.js';
import { commandedPercent } from './fold-steps.js';
import { printWeight } from './numbers.js';
import type { ReleaseSummary } from './summary.js';

/** Why the release went back, as the end of a sentence after "because". */
export function causeText(summary: ReleaseSummary): string {
  const { cause } = summary;
  if (cause === null) return 'the journal does not say why';
  const { code, by, message } = cause;
  if (code === 'person-asked' || code === 'person-aborted') {
    const did = code === 'person-asked' ? 'asked' : 'aborted';
    if (by !== undefined && message.startsWith(`${by}: `)) return `${by} ${did}: ${message.slice(by.length + 2)}`;
    return message;
  }
  return `${numbers(summary) ?? message}${where(summary)}`;
}

function numbers(summary: ReleaseSummary): string | null {
  const { code, gate: id, evidence } = summary.cause!;
  if (code !== 'gate-failed' && code !== 'guardrail-failed') return null;
  const gate = summary.gates.find((each) => each.gate.id === id)?.gate;
  if (gate === undefined || evidence === undefined) return null;
  const rate = rateText(summary, gate, evidence);
  if (rate === null) return null;
  return code === 'guardrail-failed' ? `guardrail ${gate.name} ${rate}` : `${gate.name} ${rate}`;
}

/** How many users were on the candidate, where that says how bad it was. */
function where(summary: ReleaseSummary): string {
  const { code, from } = summary.cause!;
  if (
    code !== 'gate-failed' &&
    code !== 'guardrail-failed' &&
    code !== 'gate-undecided' &&
    code !== 'candidate-unfit'
  ) {
    return '';
  }
  if (from === 'baking') return ' at 100 %';
  const step = summary.steps.at(-1);
  if (from !== 'shifting' || step === undefined) return '';
  if (step.mirrorPercent !== undefined) return ` on copies of ${printWeight(step.mirrorPercent)} of the requests`;
  const percent =
    step.reachedAt === null ? Math.max(0, ...step.observed.map((each) => each.percent ?? 0)) : commandedPercent(step);
  if (percent > 0) return ` at ${printWeight(percent)}`;
  return step.reachedAt === null || step.audiences.length === 0 ? '' : ` for ${step.audiences.join(', ')}`;
}
