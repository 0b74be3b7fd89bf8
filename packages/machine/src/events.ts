import type {
  EnvironmentObservation,
  Evidence,
  Fence,
  Reaction,
  Slot,
  TrafficObservation,
  TrafficTarget,
  Verdict,
} from '@bluegreen/contract';
import type { ReleasePlan } from './release-plan.js';
import type { EndPhase, Phase, RollbackCause, Tended } from './state.js';

/** How a write ended. `accepted` says nothing about whether it is live. */
export type WriteResult =
  | { readonly outcome: 'accepted' }
  | {
      readonly outcome: 'failed';
      readonly reaction: Exclude<Reaction, 'fenced'>;
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs?: number;
    };

/** Who gave a command and why. */
export interface Person {
  readonly by: string;
  readonly reason: string;
}

interface At {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface Command extends At, Person {
  /** The same id is applied once. */
  readonly command: string;
  /** What `authorize` confirmed of this person, among what was asked for. Absent: nobody was asked. */
  readonly roles?: readonly string[];
}

/** What the machine is told. Folding these, in order, gives the state. */
export type Fact =
  | (At & {
      readonly type: 'release-requested';
      readonly id: string;
      readonly requestedBy: string;
      readonly plan: ReleasePlan;
    })
  | (At & {
      readonly type: 'orchestrator-resumed';
      readonly owner: string;
      /** Time during which nobody watched. */
      readonly absentMs: number;
      /** Per resource, the epoch of this owner. */
      readonly epochs: Readonly<Record<string, number>>;
    })
  | (At & { readonly type: 'effect-started'; readonly key: string; readonly write: StartedWrite })
  | (At & { readonly type: 'effect-settled'; readonly key: string; readonly result: WriteResult })
  | (At & { readonly type: 'routing-observed'; readonly service: string; readonly observation: TrafficObservation })
  | (At & {
      readonly type: 'environment-observed';
      readonly service: string;
      readonly slot: Slot;
      readonly observation: EnvironmentObservation;
    })
  | (At & {
      readonly type: 'observation-failed';
      readonly service: string;
      readonly slot: Slot | null;
      readonly code: string;
      readonly message: string;
      readonly reaction: Exclude<Reaction, 'fenced'>;
    })
  | (At & {
      readonly type: 'gate-judged';
      readonly gate: string;
      readonly attempt: number;
      readonly verdict: Verdict;
      readonly evidence: Evidence;
      /** What a recovered judge goes on with, per service. For judges alone: nothing is folded from it. */
      readonly memory?: Readonly<Record<string, unknown>>;
    })
  | (At & {
      readonly type: 'hook-settled';
      /** As in the state: `after-cutover/warm-cache`. */
      readonly hook: string;
      readonly attempt: number;
      /** `null`: done. */
      readonly failure: string | null;
    })
  | (At & { readonly type: 'time-passed' })
  | (Command & { readonly type: 'approval-granted'; readonly gate: string })
  | (Command & { readonly type: 'gate-skip-requested'; readonly gate: string })
  | (Command & {
      readonly type: 'webhook-answered';
      /** The id of the gate, and the attempt that was asked about. */
      readonly gate: string;
      readonly attempt: number;
      readonly verdict: 'pass' | 'fail';
    })
  | (Command & { readonly type: 'pause-requested' })
  | (Command & { readonly type: 'resume-requested' })
  | (Command & { readonly type: 'rollback-requested'; readonly abort: boolean })
  | (Command & { readonly type: 'retry-requested' })
  | (Command & { readonly type: 'retention-cut' });

/** The two kinds of write, as journaled before the request leaves. */
export type StartedWrite =
  | {
      readonly kind: 'route';
      readonly service: string;
      readonly fence: Fence;
      readonly target: TrafficTarget;
      readonly expected: { readonly revision: string };
    }
  | {
      readonly kind: 'converge';
      readonly service: string;
      readonly slot: Slot;
      readonly fence: Fence;
      /** `null`: retire the slot. */
      readonly version: string | null;
      /** Only its autoscaler and its workers are set; what runs there is left. */
      readonly tend?: Tended;
      /** Ready instances that were asked for; absent in journals of earlier versions. */
      readonly atLeast?: number;
    };

/** What the machine says. Journaled with the fact that caused it, for people and listeners; never folded. */
export type Announcement =
  | (At & { readonly type: 'phase-entered'; readonly phase: Phase; readonly from: Phase | null })
  | (At & {
      readonly type: 'step-entered';
      readonly step: number;
      readonly percent: number;
      /** Of the requests, copied to the candidate; absent: none. */
      readonly mirrorPercent?: number;
      readonly audiences: readonly string[];
    })
  | (At & { readonly type: 'step-reached'; readonly step: number; readonly percent: number; readonly until: number })
  /** A step with a `raise` moved its percent by itself: up because a gate would starve, down because of a suspicion. */
  | (At & {
      readonly type: 'weight-raised' | 'weight-lowered';
      readonly step: number;
      readonly percent: number;
      readonly from: number;
    })
  | (At & { readonly type: 'gate-opened'; readonly gate: string; readonly attempt: number })
  | (At & {
      readonly type: 'approval-requested';
      readonly gate: string;
      readonly from: readonly string[];
      /** Different people who have to approve. Absent: one. */
      readonly count?: number;
      readonly expiresAt: number;
    })
  | (At & {
      readonly type: 'gate-settled';
      readonly gate: string;
      readonly attempt: number;
      readonly verdict: Verdict | 'cancelled' | 'skipped';
      readonly evidence: Evidence | null;
    })
  | (At & { readonly type: 'release-paused'; readonly reason: string })
  | (At & { readonly type: 'release-resumed' })
  /** The windows of the policy are closed: it shifts on when the next one opens; `null`: none does. */
  | (At & { readonly type: 'window-awaited'; readonly opensAt: number | null })
  | (At & { readonly type: 'routing-drifted'; readonly service: string; readonly summary: string })
  /** What somebody else had written is gone again, without a command. */
  | (At & { readonly type: 'routing-restored'; readonly service: string; readonly since: number })
  /** The old slot had traffic again after the promotion: its retention counts anew. */
  | (At & { readonly type: 'retention-extended'; readonly service: string; readonly retainUntil: number })
  | (At & { readonly type: 'rollback-begun'; readonly cause: RollbackCause })
  | (At & { readonly type: 'traffic-returned'; readonly service: string; readonly slot: Slot })
  | (At & { readonly type: 'teardown-begun'; readonly service: string; readonly slot: Slot })
  | (At & { readonly type: 'slot-retired'; readonly service: string; readonly slot: Slot })
  | (At & { readonly type: 'release-promoted'; readonly retainUntil: number | null })
  | (At & { readonly type: 'release-rolled-back'; readonly cause: RollbackCause })
  | (At & { readonly type: 'release-stuck'; readonly code: string; readonly from: Phase; readonly message: string })
  | (At & { readonly type: 'release-finished'; readonly end: EndPhase })
  /** A sink has heard everything up to there; 0: it is a sink of this release. */
  | (At & { readonly type: 'notified'; readonly sink: string; readonly upTo: number })
  | (At & {
      readonly type: 'command-refused';
      readonly command: string;
      readonly requested: string;
      readonly code: string;
      readonly by: string;
    });

/** Everything in a journal. */
export type ReleaseEvent = Fact | Announcement;

/** The commands a person can give, as facts. */
export type CommandFact = Extract<Fact, { readonly command: string }>;

const factTypes: Readonly<Record<Fact['type'], true>> = {
  'release-requested': true,
  'orchestrator-resumed': true,
  'effect-started': true,
  'effect-settled': true,
  'routing-observed': true,
  'environment-observed': true,
  'observation-failed': true,
  'gate-judged': true,
  'hook-settled': true,
  'time-passed': true,
  'approval-granted': true,
  'gate-skip-requested': true,
  'webhook-answered': true,
  'pause-requested': true,
  'resume-requested': true,
  'rollback-requested': true,
  'retry-requested': true,
  'retention-cut': true,
};

/** True for what the machine folds; the rest of a journal was said by it. */
export function isFact(event: ReleaseEvent): event is Fact {
  return Object.hasOwn(factTypes, event.type);
}
