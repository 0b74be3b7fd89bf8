import type { EventOf } from './event-of.js';
import type { GateAttempt, GateSummary, ReleaseSummary } from './summary.js';

const mostValues = 16;

export function openGate(summary: ReleaseSummary, event: EventOf<'gate-opened'>): ReleaseSummary {
  const opened: GateAttempt = {
    attempt: event.attempt,
    openedAt: event.at,
    verdictAt: null,
    verdict: null,
    evidence: null,
    settledAt: null,
    expiresAt: null,
    approval: null,
    values: [],
  };
  return withGate(summary, event.gate, (each) => ({ ...each, attempts: [...each.attempts, opened] }));
}

export function requestApproval(summary: ReleaseSummary, event: EventOf<'approval-requested'>): ReleaseSummary {
  return withLastAttempt(summary, event.gate, (attempt) => ({ ...attempt, expiresAt: event.expiresAt }));
}

export function judgeGate(summary: ReleaseSummary, event: EventOf<'gate-judged'>): ReleaseSummary {
  const { gate, attempt: number, verdict, evidence, at } = event;
  return withLastAttempt(summary, gate, (attempt) => {
    if (attempt.attempt !== number || attempt.settledAt !== null) return attempt;
    const verdictAt = attempt.verdict === verdict ? attempt.verdictAt : at;
    const values = evidence.value === undefined ? attempt.values : [...attempt.values, evidence.value];
    return { ...attempt, verdict, verdictAt, evidence, values: values.slice(-mostValues) };
  });
}

export function settleGate(summary: ReleaseSummary, event: EventOf<'gate-settled'>): ReleaseSummary {
  const { gate: id, attempt: number, verdict, evidence, at } = event;
  return withLastAttempt(summary, id, (attempt, { gate }) => {
    if (attempt.attempt !== number) return attempt;
    const verdictAt = attempt.verdict === verdict ? attempt.verdictAt : at;
    const settled = { ...attempt, verdict, verdictAt, evidence: evidence ?? attempt.evidence, settledAt: at };
    if (gate.kind !== 'approval' || verdict !== 'pass') return settled;
    const granted = summary.commands.findLast(
      ({ requested, subject, refused }) =>
        requested === 'approval-granted' && refused === null && (subject === gate.id || subject === gate.name),
    );
    // An approval that nobody gave passed because its time was over.
    if (granted === undefined || granted.at < attempt.openedAt || granted.at !== at) return settled;
    const approval = { by: granted.by, reason: granted.reason ?? '', waitedMs: at - attempt.openedAt };
    return { ...settled, approval };
  });
}

/** Nothing is judged any more once the release ended. */
export function closeOpenGates(summary: ReleaseSummary, at: number): ReleaseSummary {
  const gates = summary.gates.map((gate) => ({
    ...gate,
    attempts: gate.attempts.map((each) => (each.settledAt === null ? { ...each, settledAt: at } : each)),
  }));
  return { ...summary, gates };
}

function withLastAttempt(
  summary: ReleaseSummary,
  id: string,
  change: (attempt: GateAttempt, gate: GateSummary) => GateAttempt,
): ReleaseSummary {
  return withGate(summary, id, (gate) => {
    const last = gate.attempts.at(-1);
    return last === undefined ? gate : { ...gate, attempts: [...gate.attempts.slice(0, -1), change(last, gate)] };
  });
}

function withGate(summary: ReleaseSummary, id: string, change: (gate: GateSummary) => GateSummary): ReleaseSummary {
  return { ...summary, gates: summary.gates.map((each) => (each.gate.id === id ? change(each) : each)) };
}
