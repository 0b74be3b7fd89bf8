import type { AudienceMatch, CohortKind } from '@bluegreen/contract';

/** A policy with every default filled in and every duration in milliseconds. Plain data; it is journaled. */
export interface CompiledPolicy {
  readonly audiences: Readonly<Record<string, AudienceMatch>>;
  readonly analyses: Readonly<Record<string, CompiledAnalysis>>;
  /** `null`: whatever the router offers first. */
  readonly cohort: CohortKind | null;
  readonly prepare: {
    readonly readyWithinMs: number;
    readonly capacity: number | 'match-active';
    /** Ready instances until the first shift. Absent: as `capacity`. */
    readonly previewCapacity?: number;
    /** Absent: `leave`. */
    readonly autoscaling?: 'freeze' | 'leave';
    /** Absent: `ignore`. */
    readonly parity?: 'require' | 'ignore';
  };
  /** Workers of the slots are handed over; absent: every slot has its own. */
  readonly workers?: { readonly onRollback: 'gap' | 'overlap' };
  readonly verify: { readonly gates: readonly CompiledGate[] };
  /** At least one; the last one has `percent` 100. */
  readonly shift: readonly CompiledStep[];
  /** One gate per guardrail, all of kind `analysis`. */
  readonly guardrails: readonly CompiledGate[];
  readonly bake: { readonly forMs: number; readonly gates: readonly CompiledGate[] };
  readonly retire: {
    /** How long the old slot stays warm after the promotion; `keep`: for ever. */
    readonly after: number | 'keep';
    /** What happens to the candidate after a rollback. */
    readonly candidate: 'keep' | 'retire';
    /** How long a slot drains whose open requests nobody can count or bound. */
    readonly drainMs: number;
  };
  readonly limits: CompiledLimits;
  /** Names of the hooks of this policy; absent: none. */
  readonly hooks?: { readonly afterCutover: readonly string[]; readonly onRollback: readonly string[] };
  /** When a release may shift forward; absent: always. */
  readonly windows?: CompiledWindows;
}

export interface CompiledWindows {
  /** IANA name. */
  readonly timeZone: string;
  /** Minutes of the day by the clocks of the zone; `untilMinute` is the first one after it, at most 1440. */
  readonly open: readonly {
    readonly days: readonly Weekday[];
    readonly fromMinute: number;
    readonly untilMinute: number;
  }[];
  /** Whole days, both included, as `2026-12-24`. */
  readonly frozen: readonly { readonly from: string; readonly until: string }[];
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

export interface CompiledLimits {
  /** From the request to the end of the bake; stands still while a person is awaited, paused or drifted. */
  readonly totalMs: number;
  /** One adapter call. */
  readonly callMs: number;
  /** From a write that was accepted to the read that shows it; also how long a candidate may be unfit. */
  readonly settleMs: number;
  /** How long a gate may stay undecided after it could have decided. */
  readonly decideMs: number;
  /** Attempts of one effect before the release gives up on it. */
  readonly attempts: number;
  /** Between two reads while something is under way; five times that while nothing is. */
  readonly pollMs: number;
}

/** One step: the whole of what its routing shall be. */
export interface CompiledStep {
  readonly percent: number;
  /** Percent of the requests that are copied to the candidate, which serves nobody in this step; absent: none. */
  readonly mirrorPercent?: number;
  /** Names of the audiences that reach the candidate in this step. */
  readonly audiences: readonly string[];
  readonly holdMs: number;
  readonly gates: readonly CompiledGate[];
  /** How far the percent may go up while a gate starves; absent: it stays. */
  readonly raise?: CompiledRaise;
}

export interface CompiledRaise {
  /** The most that the candidate gets in this step; never above the next one, and below 100. */
  readonly percent: number;
  /** Between two raises. */
  readonly everyMs: number;
}

export type CompiledAnalysis = CompiledThreshold | CompiledErrorRatio | CompiledLatency;

/** What the analyses that compare with the active slot share. */
interface CompiledComparison {
  /** Chance that one gate or guardrail fails a good version: a share of `limits.falseFail`. */
  readonly failBudget: number;
  readonly passBudget: number;
  readonly minSamples: number;
  readonly minTimeMs: number;
  readonly everyMs: number;
}

export interface CompiledErrorRatio extends CompiledComparison {
  readonly kind: 'error-ratio';
  readonly maxRatio: number;
  readonly failAbove: number;
  readonly maxRate: number;
  readonly harmlessRate: number;
}

export interface CompiledLatency extends CompiledComparison {
  readonly kind: 'latency';
  readonly quantiles: readonly number[];
  readonly maxSlowdown: number;
  readonly warmUpMs: number;
}

export interface CompiledThreshold {
  readonly kind: 'threshold';
  /** Errors divided by requests, 0 to 1. */
  readonly maxRate: number;
  readonly windowMs: number;
  readonly minSamples: number;
  /** Between two measurements. */
  readonly everyMs: number;
}

interface GateBase {
  /** Unique in the policy, by its place: `verify/smoke`, `shift[1]/errors`, `bake/errors`, `guardrail/errors`. */
  readonly id: string;
  /** As the policy calls it. */
  readonly name: string;
  readonly onFailure: 'rollback' | 'pause';
  /** Reports and decides nothing. */
  readonly dryRun: boolean;
}

export type CompiledGate =
  | (GateBase & { readonly kind: 'check'; readonly timeoutMs: number; readonly attempts: number })
  | (GateBase & {
      readonly kind: 'approval';
      readonly from: readonly string[];
      /** Different people who have to approve. Absent in journals of earlier versions: one. */
      readonly count?: number;
      /** Whether who requested the release may approve it. Absent in journals of earlier versions: allowed. */
      readonly byRequester?: 'refused' | 'allowed';
      readonly expiresMs: number;
      readonly onExpiry: 'rollback' | 'continue';
    })
  | (GateBase & { readonly kind: 'wait'; readonly waitMs: number })
  | (GateBase & {
      readonly kind: 'webhook';
      /** One request; asked again when it fails, `attempts` times. */
      readonly timeoutMs: number;
      readonly attempts: number;
      /** How long whoever answers later may take. */
      readonly expiresMs: number;
    })
  | (GateBase & { readonly kind: 'analysis'; readonly analysis: string });
