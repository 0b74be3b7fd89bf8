import type { CohortKind } from '@bluegreen/contract';
import type { Weekday } from '../compiled-policy.js';

/** `'500ms'`, `'30s'`, `'10m'`, `'4h'`, `'1d'`. */
export type DurationText = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/**
 * What a safe release means, as plain data: it can be written as YAML, stored, hashed, compared and shown.
 * The smallest one is `{ shift: [{ to: 100 }] }`. Every key, default and meaning: docs/reference/policy.md.
 */
export interface Policy<
  Check extends string = string,
  Analysis extends string = string,
  Audience extends string = string,
> {
  readonly audiences?: { readonly [Name in Audience]: AudiencePolicy };
  readonly analyses?: { readonly [Name in Analysis]: AnalysisPolicy };
  readonly cohort?: CohortKind;
  readonly prepare?: PreparePolicy;
  readonly verify?: { readonly gates: readonly GatePolicy<Check, NoInfer<Analysis>>[] };
  readonly shift: readonly StepPolicy<Check, NoInfer<Analysis>, NoInfer<Audience>>[];
  readonly guardrails?: readonly NoInfer<Analysis>[];
  readonly bake?: { readonly for: DurationText; readonly gates?: readonly GatePolicy<Check, NoInfer<Analysis>>[] };
  readonly retire?: RetirePolicy;
  readonly workers?: { readonly onRollback?: 'gap' | 'overlap' };
  readonly hooks?: { readonly afterCutover?: readonly string[]; readonly onRollback?: readonly string[] };
  readonly windows?: WindowsPolicy;
  readonly limits?: LimitsPolicy;
}

// The `?: never` keys make the compiler refuse two kinds in one object; a plain union would take them.

export type AudiencePolicy =
  | { readonly header: string; readonly equals: string; readonly cookie?: never; readonly sourceRanges?: never }
  | { readonly cookie: string; readonly equals: string; readonly header?: never; readonly sourceRanges?: never }
  | {
      readonly sourceRanges: readonly string[];
      readonly header?: never;
      readonly cookie?: never;
      readonly equals?: never;
    };

export type AnalysisPolicy = ThresholdPolicy | ErrorRatioPolicy | LatencyPolicy;

export interface ThresholdPolicy {
  readonly kind: 'threshold';
  readonly maxRate: number;
  readonly window: DurationText;
  readonly minSamples: number;
  readonly every?: DurationText;
}

/** What every analysis that compares with the active slot can say. */
interface ComparedPolicy {
  readonly minSamples?: number;
  readonly minTime?: DurationText;
  readonly falsePass?: number;
  readonly every?: DurationText;
}

export interface ErrorRatioPolicy extends ComparedPolicy {
  readonly kind: 'error-ratio';
  readonly maxRatio: number;
  readonly maxRate: number;
  readonly failAbove?: number;
  readonly harmlessRate?: number;
}

export interface LatencyPolicy extends ComparedPolicy {
  readonly kind: 'latency';
  readonly quantiles: readonly number[];
  readonly maxSlowdown: number;
  readonly warmUp?: DurationText;
}

export interface PreparePolicy {
  readonly readyWithin?: DurationText;
  readonly capacity?: 'match-active' | number;
  readonly previewCapacity?: number;
  readonly autoscaling?: 'freeze' | 'leave';
  readonly parity?: 'require' | 'ignore';
}

export type StepPolicy<
  Check extends string = string,
  Analysis extends string = string,
  Audience extends string = string,
> = {
  readonly hold?: DurationText;
  readonly gates?: readonly GatePolicy<Check, Analysis>[];
} & (
  | { readonly to: number; readonly raise?: RaisePolicy; readonly audience?: never; readonly mirror?: never }
  | { readonly audience: Audience; readonly to?: never; readonly raise?: never; readonly mirror?: never }
  | { readonly mirror: number; readonly to?: never; readonly raise?: never; readonly audience?: never }
);

/** How far a step may go up by itself while a gate would not decide in time and nothing speaks against the candidate. */
export interface RaisePolicy {
  readonly to: number;
  readonly every?: DurationText;
}

export type GatePolicy<Check extends string = string, Analysis extends string = string> =
  | CheckGatePolicy<Check>
  | ApprovalGatePolicy
  | WebhookGatePolicy
  | WaitGatePolicy
  | AnalysisGatePolicy<Analysis>;

export interface CheckGatePolicy<Check extends string = string> {
  readonly check: Check;
  readonly timeout?: DurationText;
  readonly attempts?: number;
  readonly onFailure?: 'rollback' | 'pause';
  readonly dryRun?: boolean;
  readonly approval?: never;
  readonly webhook?: never;
  readonly wait?: never;
  readonly analysis?: never;
}

export interface ApprovalGatePolicy {
  readonly approval: string;
  readonly from: readonly string[];
  readonly expires: DurationText;
  readonly onExpiry: 'rollback' | 'continue';
  readonly count?: number;
  readonly byRequester?: 'refused' | 'allowed';
  readonly check?: never;
  readonly webhook?: never;
  readonly wait?: never;
  readonly analysis?: never;
}

export interface WebhookGatePolicy {
  readonly webhook: string;
  readonly expires: DurationText;
  readonly timeout?: DurationText;
  readonly attempts?: number;
  readonly onFailure?: 'rollback' | 'pause';
  readonly dryRun?: boolean;
  readonly check?: never;
  readonly approval?: never;
  readonly wait?: never;
  readonly analysis?: never;
}

export interface WaitGatePolicy {
  readonly wait: DurationText;
  readonly name?: string;
  readonly webhook?: never;
  readonly check?: never;
  readonly approval?: never;
  readonly analysis?: never;
}

export interface AnalysisGatePolicy<Analysis extends string = string> {
  readonly analysis: Analysis;
  readonly onFailure?: 'rollback' | 'pause';
  readonly dryRun?: boolean;
  readonly check?: never;
  readonly approval?: never;
  readonly webhook?: never;
  readonly wait?: never;
}

export interface RetirePolicy {
  readonly after?: DurationText | 'keep' | 'immediately';
  readonly candidate?: 'keep' | 'retire';
  readonly drain?: DurationText;
}

export interface WindowsPolicy {
  readonly timeZone: string;
  readonly open?: readonly { readonly days: readonly Weekday[]; readonly from: string; readonly to: string }[];
  readonly frozen?: readonly { readonly from: string; readonly to: string }[];
}

export interface LimitsPolicy {
  readonly total?: DurationText;
  readonly call?: DurationText;
  readonly settle?: DurationText;
  readonly decide?: DurationText;
  readonly attempts?: number;
  readonly poll?: DurationText;
  readonly falseFail?: number;
}

/** A policy whose names the compiler can't know, because it was read from a file. */
// biome-ignore lint/suspicious/noExplicitAny: with `string` it could not be passed where the names of checks are typed.
export type AnyPolicy = Policy<any, any, any>;

/**
 * Types a policy that is written in TypeScript: a misspelt key, analysis, audience or guardrail does not compile, and a
 * misspelt check does not where the policy meets the releaser that has the checks. Answers `policy` as it is; what types
 * can't say is checked when a release is planned or started, or now with `checkPolicy`.
 */
export function definePolicy<
  const Check extends string = never,
  const Analysis extends string = never,
  const Audience extends string = never,
>(policy: Policy<Check, Analysis, Audience>): Policy<Check, Analysis, Audience> {
  return policy;
}
