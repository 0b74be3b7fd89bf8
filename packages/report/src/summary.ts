import type { Evidence, Reaction, Slot, Verdict, Weights } from '@bluegreen/contract';
import type { ActivePhase, CompiledGate, EndPhase, Phase, ReleasePlan, RollbackCause } from '@bluegreen/machine';

/** Everything a person wants to know about a release: plain data, a fold of its journal. Instants are milliseconds. */
export interface ReleaseSummary {
  readonly id: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  /** Instant of the last event. */
  readonly at: number;
  readonly plan: ReleasePlan;
  readonly phase: Phase;
  readonly services: readonly ServiceSummary[];
  /** The phases of the present run, in the order in which they were entered. */
  readonly phases: readonly PhaseSummary[];
  /** What was tried before a retry began again from the start. */
  readonly earlierRuns: readonly EarlierRun[];
  /** The steps that were entered. */
  readonly steps: readonly StepSummary[];
  /** Every gate of the policy, in the order of the policy. */
  readonly gates: readonly GateSummary[];
  readonly writes: readonly WriteSummary[];
  readonly pauses: readonly PauseSummary[];
  readonly drifts: readonly DriftSummary[];
  readonly dips: readonly DipSummary[];
  readonly commands: readonly CommandSummary[];
  readonly recoveries: readonly RecoverySummary[];
  /** Who drives the release now. */
  readonly owner: string | null;
  readonly cause: RollbackCause | null;
  readonly rollbackBegunAt: number | null;
  readonly stuck: StuckSummary | null;
  readonly promotedAt: number | null;
  /** Until when a rollback finds the old slot warm; `null`: for ever, or nothing was promoted. */
  readonly retainUntil: number | null;
  readonly retentionCutBy: string | null;
  /** `null` while the release runs. */
  readonly outcome: EndPhase | null;
}

/** Where in the release something happened. */
export interface Place {
  readonly run: number;
  /** Index into `phases`. */
  readonly phase: number;
  /** Index of the step, where the phase is `shifting`. */
  readonly step: number | null;
}

export interface ServiceSummary {
  readonly name: string;
  readonly version: string;
  /** `null` until routing told who serves. */
  readonly roles: { readonly active: Slot | null; readonly candidate: Slot } | null;
  readonly routing: 'unread' | 'split' | 'unrouted' | 'foreign';
  /** As last observed; `null` unless `routing` is `split`. */
  readonly weights: Weights | null;
  /** Fingerprint of the last observation. */
  readonly revision: string | null;
  readonly slots: Readonly<Record<Slot, SlotSummary>>;
  /** While users can reach the candidate: since when, and for how long before that. */
  readonly exposure: { readonly since: number | null; readonly earlierMs: number };
  readonly trafficReturnedAt: number | null;
  readonly teardownBegunAt: number | null;
  readonly lastReadFailure: { readonly at: number; readonly code: string; readonly message: string } | null;
}

export interface SlotSummary {
  /** What ran there when the release began; `null`: nothing, or not read yet. */
  readonly initialVersion: string | null;
  /** `null` until the slot was read. */
  readonly seen: SlotReading | null;
  /** As last seen while the release was preparing. */
  readonly prepared: SlotReading | null;
  readonly retiredAt: number | null;
}

export interface SlotReading {
  /** `null`: the slot is empty. */
  readonly version: string | null;
  readonly ready: number;
  readonly desired: number;
  readonly whyNotReady: string | null;
}

export interface PhaseSummary {
  readonly phase: ActivePhase;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** When the bake ends, as far as it is known. */
  readonly until: number | null;
}

export interface EarlierRun {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly message: string;
}

export interface StepSummary {
  readonly index: number;
  /** What the policy gives the candidate. */
  readonly percent: number;
  /** Of the requests, copied to the candidate; absent: none. */
  readonly mirrorPercent?: number;
  /** What the step moved it to by itself, as often as it did; the last one holds. */
  readonly raised: readonly number[];
  readonly audiences: readonly string[];
  readonly enteredAt: number;
  readonly reachedAt: number | null;
  readonly holdsUntil: number | null;
  readonly endedAt: number | null;
  /** The candidate's percent as last observed while the step lasted. */
  readonly observed: readonly { readonly service: string; readonly percent: number | null }[];
}

export interface GateSummary {
  readonly gate: CompiledGate;
  readonly attempts: readonly GateAttempt[];
}

export interface GateAttempt {
  readonly attempt: number;
  readonly openedAt: number;
  /** Since when the verdict is what it is. */
  readonly verdictAt: number | null;
  readonly verdict: Verdict | 'cancelled' | 'skipped' | null;
  readonly evidence: Evidence | null;
  readonly settledAt: number | null;
  /** Of an approval. */
  readonly expiresAt: number | null;
  readonly approval: { readonly by: string; readonly reason: string; readonly waitedMs: number } | null;
  /** The last measured values, oldest first, at most 16. */
  readonly values: readonly number[];
}

export interface WriteSummary {
  readonly key: string;
  readonly kind: 'route' | 'deploy' | 'retire';
  readonly service: string;
  /** The slot that is deployed or retired. */
  readonly slot: Slot | null;
  /** What a `route` gives to green. */
  readonly greenPercent: number | null;
  readonly startedAt: number;
  readonly settledAt: number | null;
  /** `null` while in flight, and where it was accepted. */
  readonly failure: { readonly code: string; readonly message: string; readonly reaction: Reaction } | null;
  readonly place: Place;
}

export interface PauseSummary {
  readonly at: number;
  readonly until: number | null;
  /** Begins with who paused. */
  readonly reason: string;
  readonly place: Place;
}

export interface DriftSummary {
  readonly at: number;
  readonly until: number | null;
  readonly service: string;
  readonly summary: string;
  readonly place: Place;
}

/** A candidate that lost instances after it was ready. */
export interface DipSummary {
  readonly at: number;
  readonly until: number | null;
  readonly service: string;
  readonly slot: Slot;
  /** At its worst. */
  readonly reading: SlotReading;
  readonly place: Place;
}

export interface CommandSummary {
  readonly command: string;
  readonly at: number;
  /** As in `pause-requested`. */
  readonly requested: string;
  /** The gate that an approval is for. */
  readonly subject: string | null;
  readonly by: string;
  readonly reason: string | null;
  /** Why it was refused, as a code. */
  readonly refused: string | null;
  readonly place: Place;
}

export interface RecoverySummary {
  readonly at: number;
  readonly owner: string;
  readonly absentMs: number;
  readonly place: Place;
}

export interface StuckSummary {
  readonly at: number;
  readonly code: string;
  readonly from: Phase;
  readonly message: string;
}
