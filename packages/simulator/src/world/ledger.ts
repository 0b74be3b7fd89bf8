import type { Fence, Routing, Slot, TrafficCapabilities } from '@bluegreen/contract';
import type { Operation } from '../faults/fault-plan.js';
import type { InstanceMs } from './instance-meter.js';
import type { ReachPart } from './reach.js';

/** One call of an orchestrator, and how it ended. */
export interface CallRecord {
  readonly at: number;
  readonly operation: Operation;
  readonly service: string;
  readonly slot: Slot | null;
  /** Counts the calls of this operation on this service, from 1. */
  readonly call: number;
  readonly owner: string;
  readonly key: string | null;
  readonly fence: Fence | null;
  /** For `route`: which slots the target reaches. */
  readonly reaches: Readonly<Record<Slot, boolean>> | null;
  /** The fault that the plan had for it. */
  readonly fault: string | null;
  endedAt: number | null;
  /** How many calls had begun when it ended: those that the ledger lists before this place. */
  begunAtEnd: number | null;
  /** `ok`, or the code of the error. */
  outcome: string | null;
  /** The caller cannot know whether the write landed. */
  isUnknown: boolean;
  /** When the write took effect; `null`: never. */
  landedAt: number | null;
}

/** What a slot was worth at the moment when something else changed. */
export interface PlaceRecord {
  readonly version: string | null;
  readonly ready: number;
  /** Ready instances that the router knew. */
  readonly registered: number;
  readonly desired: number;
  /** Since when fewer were ready than desired, or the slot was empty. */
  readonly belowSince: number | null;
}

/** One change of the stored routing, whoever made it. */
export interface RoutingRecord {
  readonly at: number;
  readonly service: string;
  /** `late-route`: a write that landed after its caller had gone. */
  readonly by: 'start' | 'route' | 'late-route' | 'foreign' | 'vanished' | 'restart';
  readonly owner: string | null;
  readonly key: string | null;
  readonly fence: Fence | null;
  readonly routing: Routing;
  readonly revision: string;
  readonly places: Readonly<Record<Slot, PlaceRecord>>;
}

/** One thing that cannot be undone: a slot that was retired or deployed over. */
export interface IrreversibleRecord {
  readonly at: number;
  readonly service: string;
  readonly slot: Slot;
  readonly action: 'retire' | 'deploy-over';
  /** What was lost. */
  readonly version: string;
  readonly releaseId: string | null;
  readonly owner: string;
  readonly fence: Fence;
  /** How the slot could be reached: by the stored routing, by what some router still used, after a restart. */
  readonly reach: {
    readonly stored: readonly ReachPart[];
    readonly inUse: readonly ReachPart[];
    readonly afterRestart: readonly ReachPart[];
  };
  readonly openRequests: number;
  /** Since when nothing new reached it; `null`: something did, or nothing ever had. */
  readonly closedSince: number | null;
  /** When the routing last changed so that the slot got no weight any more. */
  readonly weightLostAt: number | null;
  /** When the last read of the routing ended that this owner began after it began this call. */
  readonly lookedAt: number | null;
  /** Who wrote the routing that was stored, and whether by a router that keeps stamps. */
  readonly routingOwner: string | null;
  readonly isStamped: boolean;
  /** Writes that were still able to land on this slot, by their keys. */
  readonly unresolved: readonly string[];
}

/** One version that was brought into one slot. */
export interface DeploymentRecord {
  readonly at: number;
  readonly service: string;
  readonly slot: Slot;
  readonly releaseId: string | null;
  readonly version: string;
  /** `null`: it was there when the world began. */
  readonly owner: string | null;
  readonly firstReadyAt: number | null;
  /** When users' requests could reach it for the first time. */
  readonly firstUserRequestAt: number | null;
  readonly requests: number;
  readonly errors: number;
  /** Copies of requests, which are nobody's; absent: none. */
  readonly copied?: number;
  /** Requests that took longer than users like, rounded. */
  readonly slow: number;
  /** By group of people: who met this version. */
  readonly people: Readonly<Record<string, SeenBy>>;
}

/** People of one group who met a version, as is to be expected of so many. */
export interface SeenBy {
  /** Of this group there are so many. */
  readonly users: number;
  readonly met: number;
  readonly requests: number;
}

/** A change in the number of ready instances. */
export interface ReadinessRecord {
  readonly at: number;
  readonly service: string;
  readonly slot: Slot;
  readonly ready: number;
  readonly desired: number;
}

/** A change of the autoscaler or of the workers of a slot, whoever made it. */
export interface TendingRecord {
  readonly at: number;
  readonly service: string;
  readonly slot: Slot;
  readonly autoscaling: 'free' | 'frozen';
  readonly workers: 'active' | 'idle';
}

/** A fault of the world that came to pass. */
export interface FaultRecord {
  readonly at: number;
  readonly service: string | null;
  readonly fault: string;
}

export interface SlotTotals {
  /** Requests of users that were sent here. */
  readonly requests: number;
  readonly errors: number;
  /** Requests that found no ready instance. */
  readonly unready: number;
  /** Requests that found nothing at all: the slot was retired, or never filled. */
  readonly retired: number;
}

export interface ServiceTotals {
  readonly requests: number;
  /** Errors, requests to slots without a ready instance, requests lost with their slot or without a routing. */
  readonly failed: number;
  /** Open requests that died with their slot. */
  readonly cut: number;
  /** Requests that no routing took, though there had been one. */
  readonly stray: number;
  /** Requests before the service was routed for the first time; they count nowhere else. */
  readonly unrouted: number;
  readonly slots: Readonly<Record<Slot, SlotTotals>>;
  /** Instances that were started, whether they were ready or not, times how long they were there. */
  readonly instanceMs: InstanceMs;
  readonly capabilities: TrafficCapabilities;
  /** Whether the router tells which instances it knows. */
  readonly reportsHealth: boolean;
  /** What a read of it proves. */
  readonly proof: 'accepted' | 'sampled' | 'proven';
}

/** What an omniscient judge saw: plain data, the same bytes for the same seed and the same calls. */
export interface Ledger {
  readonly seed: number;
  readonly startedAt: number;
  readonly at: number;
  readonly services: Readonly<Record<string, ServiceTotals>>;
  readonly routing: readonly RoutingRecord[];
  readonly irreversible: readonly IrreversibleRecord[];
  readonly deployments: readonly DeploymentRecord[];
  readonly readiness: readonly ReadinessRecord[];
  readonly tendings: readonly TendingRecord[];
  readonly faults: readonly FaultRecord[];
  /** Written out when it is read first: the calls of quiet times are kept in few words. */
  readonly calls: readonly CallRecord[];
}
