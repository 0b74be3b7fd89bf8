import type { AudienceMatch, Clock, Slot } from '@bluegreen/contract';
import type { AlbClients } from './clients.js';
import type { ProbeOptions } from './probe-settings.js';

/** Where on a listener: one of its rules, or, without a rule, its default action. */
export interface AlbPlace {
  readonly listenerArn: string;
  readonly ruleArn?: string;
}

/** An audience and the priority that its rule gets while it is on. Nothing else may use that priority. */
export interface AlbAudience {
  readonly name: string;
  readonly match: AudienceMatch;
  /** 1 to 50,000, a smaller number than that of the rule of the service. */
  readonly priority: number;
}

/** The two permanent target groups. Releases refill the idle one; neither is ever created or deleted. */
export type AlbTargetGroups = Readonly<Record<Slot, string>>;

/** Everything that `albTraffic` is told. */
export interface AlbTrafficOptions {
  /** Names the service in messages. */
  readonly service: string;
  readonly clients: AlbClients;
  /** What sends the users of this service: a rule, or the default action of a listener. */
  readonly place: AlbPlace;
  readonly targetGroups: AlbTargetGroups;
  /** A rule or a test listener of its own that reaches the candidate. The adapter writes its last action. */
  readonly preview?: AlbPlace;
  readonly audiences?: readonly AlbAudience[];
  /**
   * The priority of the rule that attaches both groups to the load balancer while nothing is routed yet; it matches
   * nobody. Needed for a first deployment only.
   */
  readonly attachPriority?: number;
  /**
   * Group stickiness in a split: a client stays for this long with the group that it met first (1 s to 7 d). Then
   * the cohort is `bound`; without it, every request is dealt anew (`per-request`).
   */
  readonly stickiness?: string;
  /** From a read that shows a change until every node of the load balancer uses it. AWS states none. Default `'30s'`. */
  readonly propagation?: string;
  /** How long after an aborted request it may still take effect. Default `'60s'`. */
  readonly lateWrite?: string;
  /** The longest that one request may run. It bounds the drain of a slot at weight 0. Default `'60s'`. */
  readonly longestRequest?: string;
  /** Asks through the load balancer which slot answers; see the docs for what that shows and what not. */
  readonly probe?: ProbeOptions;
}

/** One machine, as a target group knows it. */
export interface AlbTarget {
  /** An instance id for groups of type `instance`, an address for groups of type `ip`. */
  readonly id: string;
  /** Default: the port of the target group. */
  readonly port?: number;
  /** For addresses outside of the VPC: `all`. */
  readonly availabilityZone?: string;
}

/** What a deploy script is given. */
export interface AlbDeployRequest {
  readonly slot: Slot;
  readonly version: string;
  readonly releaseId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly atLeast: number;
  /** The same for every attempt at this deployment. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

export interface AlbRetireRequest {
  readonly slot: Slot;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** Everything that `albEnvironment` is told. */
export interface AlbEnvironmentOptions {
  readonly service: string;
  readonly clients: AlbClients;
  readonly targetGroups: AlbTargetGroups;
  /**
   * Makes the machines and says which they are; the adapter registers exactly these. Resolves when they exist; whether
   * they serve is read from the load balancer. May be called again for the same deployment.
   */
  deploy(request: AlbDeployRequest): Promise<readonly AlbTarget[]>;
  /** Ends the machines of a slot. Called when no target of it is registered any more and all are drained. May be called again. */
  retire(request: AlbRetireRequest): Promise<void>;
  /** Where each slot answers, for checks. */
  readonly urls?: Readonly<Record<Slot, string>>;
  /** How many reads in a row must show more healthy targets before they count. Default 2. */
  readonly steadyReads?: number;
  /** Between two looks at targets that drain. Default `'5s'`. */
  readonly drainPoll?: string;
  /** How long after an aborted request it may still take effect. Default `'60s'`. */
  readonly lateWrite?: string;
  /** For the waits of a drain. Default: the system's. */
  readonly clock?: Clock;
}
