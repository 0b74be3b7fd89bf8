import type { JournalRecord, Slot } from '@bluegreen/contract';
import type { Phase, ReleaseEvent } from '@bluegreen/machine';
import type { Ledger } from '../world/ledger.js';

/** What happened when, in milliseconds since the request. */
export interface Timeline {
  readonly phases: readonly {
    readonly phase: Phase;
    readonly fromMs: number;
    /** `null`: it lasted until the end. */
    readonly toMs: number | null;
  }[];
  /** Every change of routing: what each slot was told to get. */
  readonly weights: readonly { readonly atMs: number; readonly blue: number; readonly green: number }[];
  /** Every gate that settled. A guardrail settles only when it fails. */
  readonly verdicts: readonly {
    readonly atMs: number;
    readonly gate: string;
    readonly verdict: string;
    readonly summary: string;
  }[];
  readonly approvals: readonly {
    readonly gate: string;
    readonly requestedMs: number;
    /** `null`: it never came. */
    readonly grantedMs: number | null;
  }[];
}

export function timelineOf(records: readonly JournalRecord<ReleaseEvent>[], ledger: Ledger, service: string): Timeline {
  const startedAt = records[0]?.event.at ?? ledger.startedAt;
  const phases: { phase: Phase; fromMs: number; toMs: number | null }[] = [];
  const verdicts: Timeline['verdicts'][number][] = [];
  const approvals: { gate: string; requestedMs: number; grantedMs: number | null }[] = [];
  for (const { event } of records) {
    const atMs = event.at - startedAt;
    switch (event.type) {
      case 'phase-entered': {
        const last = phases.at(-1);
        if (last !== undefined) last.toMs = atMs;
        phases.push({ phase: event.phase, fromMs: atMs, toMs: null });
        break;
      }
      case 'gate-settled':
        verdicts.push({ atMs, gate: event.gate, verdict: event.verdict, summary: event.evidence?.summary ?? '' });
        break;
      case 'approval-requested':
        approvals.push({ gate: event.gate, requestedMs: atMs, grantedMs: null });
        break;
      case 'approval-granted': {
        const asked = approvals.findLast(({ gate, grantedMs }) => gate === event.gate && grantedMs === null);
        if (asked !== undefined) asked.grantedMs = atMs;
        break;
      }
    }
  }
  return { phases, weights: weightsIn(ledger, service, startedAt), verdicts, approvals };
}

function weightsIn(ledger: Ledger, service: string, startedAt: number): Timeline['weights'] {
  const changes: { atMs: number; blue: number; green: number }[] = [];
  for (const record of ledger.routing) {
    if (record.service !== service) continue;
    const weight = (slot: Slot) => (record.routing.kind === 'split' ? record.routing.target.weights[slot] : 0);
    const [blue, green] = [weight('blue'), weight('green')];
    const last = changes.at(-1);
    if (last?.blue === blue && last.green === green) continue;
    changes.push({ atMs: record.at - startedAt, blue, green });
  }
  return changes;
}
