import type { Cohort, EnvironmentCapabilities, TrafficCapabilities } from '@bluegreen/contract';
import type { CompiledPolicy } from './compiled-policy.js';

/** A stretch of time in which a release may shift forward; `untilMs` is the first instant after it. */
export interface Opening {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Everything a release was promised when it was requested. Journaled, so that a recovery needs nothing else. */
export interface ReleasePlan {
  readonly format: 1;
  readonly policy: CompiledPolicy;
  readonly services: Readonly<Record<string, PlannedService>>;
  /** Names of the hooks that change the database; absent: none. */
  readonly migrations?: { readonly expand: readonly string[]; readonly contract: readonly string[] };
  /** When it may shift forward, oldest first; absent: always. */
  readonly openings?: readonly Opening[];
}

export interface PlannedService {
  readonly version: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Services of this release that are shifted before it at every step. Absent: none. */
  readonly dependsOn?: readonly string[];
  readonly cohort: Cohort;
  readonly traffic: { readonly name: string; readonly resource: string; readonly capabilities: TrafficCapabilities };
  readonly environment: {
    readonly name: string;
    readonly resource: string;
    readonly capabilities: EnvironmentCapabilities;
  };
}
