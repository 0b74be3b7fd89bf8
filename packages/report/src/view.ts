import { printDuration } from '@bluegreen/contract';
import type { CompiledGate } from '@bluegreen/machine';
import { printClock } from './numbers.js';
import type { GateAttempt, GateSummary, Place, ReleaseSummary } from './summary.js';

/** A summary, and the instant at which somebody looks at it. */
export interface View {
  readonly summary: ReleaseSummary;
  readonly at: number;
}

/** An instant as time since the start of the release. */
export function clockOf({ summary }: View, instant: number): string {
  return printClock(instant - summary.requestedAt);
}

/** How long until `instant`; `null` when it is over. */
export function leftUntil({ at }: View, instant: number): string | null {
  return instant > at ? printLasting(instant - at) : null;
}

/** A duration, where less than a second is none. */
export function printLasting(durationMs: number): string {
  return durationMs < 1_000 ? '0s' : printDuration(Math.floor(durationMs / 1_000) * 1_000);
}

export function gateOf({ summary }: View, { id }: CompiledGate): GateSummary | null {
  return summary.gates.find((each) => each.gate.id === id) ?? null;
}

/** The attempt that counts now; none where the gate was not opened in this run. */
export function lastAttempt(view: View, gate: CompiledGate): GateAttempt | null {
  const attempt = gateOf(view, gate)?.attempts.at(-1);
  const runStart = view.summary.phases[0]?.startedAt ?? view.summary.requestedAt;
  return attempt === undefined || attempt.openedAt < runStart ? null : attempt;
}

/** Approvals that somebody must give now. */
export function openApprovals({
  summary,
}: View): readonly { gate: CompiledGate & { kind: 'approval' }; attempt: GateAttempt }[] {
  if (summary.outcome !== null || summary.phase === 'rolling-back') return [];
  return summary.gates.flatMap(({ gate, attempts }) => {
    const attempt = attempts.at(-1);
    return gate.kind === 'approval' && attempt !== undefined && attempt.settledAt === null ? [{ gate, attempt }] : [];
  });
}

/** Whether something belongs to a phase, and to one of its steps where `step` is given. */
export function isAt(place: Place, { summary }: View, phase: number, step: number | null): boolean {
  return place.run === summary.earlierRuns.length && place.phase === phase && place.step === step;
}
