import type { Evidence, Fence, Slot, TrafficTarget, Verdict } from '@bluegreen/contract';
import type { ReleasePlan } from './release-plan.js';

export type ActivePhase = 'preparing' | 'verifying' | 'shifting' | 'baking' | 'retiring' | 'rolling-back';
export type EndPhase = 'promoted' | 'rolled-back' | 'stuck';
export type Phase = ActivePhase | EndPhase;

/** Why a release goes back. `code` is stable; `evidence` holds the numbers. */
export interface RollbackCause {
  readonly code:
    | 'gate-failed'
    | 'gate-undecided'
    | 'approval-expired'
    | 'guardrail-failed'
    | 'person-asked'
    | 'person-aborted'
    | 'total-exceeded'
    | 'never-ready'
    | 'candidate-unfit'
    | 'write-failed'
    | 'migration-failed'
    | 'specs-differ'
    | 'earlier-owner-asked';
  readonly at: number;
  readonly from: Phase;
  readonly message: string;
  readonly gate?: string;
  readonly service?: string;
  readonly evidence?: Evidence;
  readonly by?: string;
}

/** The whole state of one release: plain data, a fold of its journal. */
export interface ReleaseState {
  readonly id: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly plan: ReleasePlan;
  /** Instant of the last event that changed anything. */
  readonly at: number;
  readonly phase: Phase;
  readonly phaseSince: number;
  /** Index into the steps that this release takes, see `stepsOf`. */
  readonly step: number;
  /** The percent that the present step went up to by itself, or came back to, and since when; `null`: it did not move. */
  readonly raised: { readonly percent: number; readonly since: number } | null;
  /** The hold or bake that runs now; `null` before its target was reached. */
  readonly watch: Watch | null;
  readonly gates: Readonly<Record<string, GateState>>;
  readonly services: Readonly<Record<string, ServiceState>>;
  /** Per resource: this owner's epoch and the sequence of its last write. */
  readonly fences: Readonly<Record<string, Fence>>;
  /** Per resource: the last fence of the owner before, and the first epoch of this release. */
  readonly earlier: Readonly<Record<string, { readonly firstEpoch: number; readonly last: Fence | null }>>;
  /** When this owner won its lease. */
  readonly ownedSince: number;
  /** Since when the release is paused or its routing drifted: its limits stand still. */
  readonly heldSince: number | null;
  /** Whether the windows of the policy keep it from shifting forward. */
  readonly isClosed: boolean;
  /** By moment and name, as `after-cutover/warm-cache`: those whose moment has come. */
  readonly hooks: Readonly<Record<string, HookState>>;
  readonly paused: { readonly by: string; readonly reason: string; readonly at: number } | null;
  readonly cause: RollbackCause | null;
  readonly stuck: { readonly code: string; readonly from: ActivePhase; readonly message: string } | null;
  /** Where a retry that was asked for goes on. */
  readonly reopenAt: ActivePhase | null;
  /** The end of `limits.total`, moved on by every time in which it stood still. */
  readonly total: { readonly until: number; readonly stoppedSince: number | null };
  readonly promotedAt: number | null;
  /** When the candidate got its first users, or was to get them. */
  readonly exposedAt: number | null;
  /** Whether somebody needs the slot sooner than retention says. */
  readonly retentionCut: boolean;
  /** Ids of applied commands. */
  readonly commands: readonly string[];
}

/**
 * When a hook is run: before anything is deployed, once all users are on the new version, once they are back, once the old
 * version is gone for good.
 */
export type HookMoment = 'expand' | 'after-cutover' | 'on-rollback' | 'contract';

export interface HookState {
  readonly moment: HookMoment;
  readonly name: string;
  readonly status: 'due' | 'done' | 'failed';
  /** The one that runs, or ran last. */
  readonly attempt: number;
  readonly notBefore: number;
  /** Why the last attempt failed. */
  readonly message: string | null;
}

/** A stretch of time during which the release watches. */
export interface Watch {
  readonly since: number;
  readonly until: number;
  /** Since when the routing is not what it should be; such time does not count. */
  readonly lostAt: number | null;
}

export interface GateState {
  readonly attempt: number;
  readonly openedAt: number;
  /** An approval's expiry, a wait's end, or the instant at which an undecided gate gives up. */
  readonly dueAt: number;
  /** `null` until the first verdict. */
  readonly verdict: Verdict | null;
  readonly evidence: Evidence | null;
  /** Closed gates are not judged any more. */
  readonly closed: 'settled' | 'cancelled' | 'skipped' | null;
  /** Who settled or skipped it. */
  readonly by?: string;
  /** Who approved so far, where several have to. */
  readonly approvals?: readonly { readonly by: string; readonly reason: string; readonly at: number }[];
}

export interface ServiceState {
  /** `null` until routing was read. */
  readonly roles: { readonly active: Slot | null; readonly candidate: Slot } | null;
  /** What shall be true of its routing, with the phase and the step that say so; `null` until its roles are known. */
  readonly goal: {
    readonly phase: Phase;
    readonly step: number;
    readonly percent: number | null;
    readonly target: TrafficTarget | null;
  } | null;
  readonly outcome: EndPhase | null;
  readonly slots: Readonly<Record<Slot, SlotState>>;
  readonly routing: RoutingState;
  /** The version that it takes the place of; `null` until it was read, and where there is none. */
  readonly replaces: string | null;
  /** When the first irreversible request against the old slot was journaled. */
  readonly teardownBegunAt: number | null;
  /** What one read said and another one has to confirm. */
  readonly doubt: Doubt | null;
  /** Where the policy says `match-active`: what that means in this release; `null` before the active slot was seen. */
  readonly capacity: Capacity | null;
  /**
   * Since when the old slot has had no traffic after the promotion: its retention counts from there. `null` before that,
   * and while somebody gives it traffic again.
   */
  readonly retainedSince: number | null;
}

/** Ready instances that the candidate needs. Neither ever falls: what the active slot lost is no measure of the load. */
export interface Capacity {
  /** As many as the active slot had when the candidate was deployed. */
  readonly decided: number;
  /** As many as the active slot ever had while it still served. */
  readonly needed: number;
}

/** Something that ends a release or sends it back, and that must be read again before it counts. */
export interface Doubt {
  /** Where it would decide; it is over with its phase. */
  readonly phase: Phase;
  readonly code: string;
  readonly since: number;
  /** The reads that were asked again and did not answer yet. */
  readonly reads: readonly ('routing' | Slot)[];
}

export interface SlotState {
  readonly seen: SeenSlot | null;
  /** The last write to this slot in this release. */
  readonly converge: ConvergeState | null;
  /** The last change of its autoscaler and its workers in this release. */
  readonly tend: TendState | null;
  /** Counts writes and owners, as in `RoutingState`. */
  readonly generation: number;
  /** Whether the slot was read since the last write and by this owner. */
  readonly fresh: boolean;
  /** Since when the slot has fewer ready instances than it needs, or can't be read. */
  readonly unfitSince: number | null;
}

export interface SeenSlot {
  readonly version: string | null;
  readonly releaseId: string | null;
  readonly desired: number;
  readonly ready: number;
  readonly whyNotReady: string | null;
  readonly drained: boolean;
  readonly url: string | null;
  /** `null`: the environment does not say. */
  readonly autoscaling: 'free' | 'frozen' | null;
  readonly workers: 'active' | 'idle' | null;
  readonly spec: string | null;
}

/** What a slot is like besides what runs in it. */
export interface Tended {
  readonly autoscaling: 'free' | 'frozen';
  readonly workers: 'active' | 'idle';
}

export interface TendState extends Omit<ConvergeState, 'goal' | 'atLeast'>, Tended {}

export interface ConvergeState {
  readonly key: string;
  /** `grow`: more instances of what this release deployed already. */
  readonly goal: 'deploy' | 'grow' | 'retire';
  /** How many instances it asked for; `null` where its journal does not say. */
  readonly atLeast: number | null;
  readonly attempt: number;
  readonly status: 'running' | 'accepted' | 'unknown' | 'failed';
  /** The instant of the last change of `status`. */
  readonly since: number;
  readonly notBefore: number;
  readonly failure: { readonly code: string; readonly message: string; readonly permanent: boolean } | null;
}

export interface RoutingState {
  /** The last read that was believed. */
  readonly seen: SeenRouting | null;
  /** The revision that is legitimate: adopted at the start, or shown by our own write, or accepted by a person. */
  readonly legitimate: string | null;
  /** The fence of the last own write that was seen live; older reads are ignored. */
  readonly settled: Fence | null;
  /** Writes of ours that may be live, or may still become so. */
  readonly writes: readonly RouteWrite[];
  /** Attempts for the present goal, and when the next may start. */
  readonly attempts: number;
  readonly notBefore: number;
  /** Counts writes and owners; a read that began before the last one says nothing. */
  readonly generation: number;
  /** Whether routing was read since the last write and by this owner. */
  readonly fresh: boolean;
  /** Since when every read fails. */
  readonly unreadableSince: number | null;
  /** Since when reads show only what is older than what was seen live already. */
  readonly staleSince: number | null;
  /** When the present goal was first shown, or `null`. */
  readonly shownAt: number | null;
  readonly failure: { readonly code: string; readonly message: string; readonly permanent: boolean } | null;
  /** Something that we did not write, and since when; it becomes `drifted` when it lasts. */
  readonly suspect: { readonly revision: string; readonly since: number } | null;
  readonly drifted: { readonly revision: string; readonly since: number; readonly summary: string } | null;
  /** The last drift that went away without a command. */
  readonly restored: { readonly since: number; readonly until: number; readonly summary: string } | null;
  /** Per slot, the instant at which the last request in it is over; `null` while something can still reach it. */
  readonly drainedAt: Readonly<Record<Slot, number | null>>;
}

export interface SeenRouting {
  readonly revision: string;
  readonly fence: Fence | null;
  /** `null` when unrouted. */
  readonly target: TrafficTarget | null;
  readonly foreign: string | null;
  readonly proven: boolean;
  /** Which slots a request can reach, now or after a restart of the router. */
  readonly reachable: Readonly<Record<Slot, boolean>>;
  /** Whether the router sees enough healthy instances; `null`: it doesn't know. */
  readonly healthy: Readonly<Record<Slot, boolean | null>>;
}

export interface RouteWrite {
  readonly key: string;
  readonly fence: Fence;
  readonly target: TrafficTarget;
  readonly expected: { readonly revision: string };
  readonly startedAt: number;
  /** `running`: in flight. `accepted`: not seen yet. `unresolved`: unknown, may land until `until`; `null`: no more, the next read tells. */
  readonly status: 'running' | 'accepted' | 'unresolved';
  readonly until: number | null;
}
