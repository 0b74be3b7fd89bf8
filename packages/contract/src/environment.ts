import type { ConvergeCall, ReadCall } from './calls.js';
import type { Fence } from './fence.js';
import type { Finding } from './finding.js';
import type { Slot } from './slot.js';

/** What a slot shall run. `id` is the release's, so the same version again is a deployment of its own. */
export interface Deployment {
  readonly id: string;
  readonly version: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface EnvironmentTarget {
  readonly slot: Slot;
  /** `null`: retired. `'unchanged'`: whatever runs there now. */
  readonly release: Deployment | 'unchanged' | null;
  /** Ready instances; the runner computes it from the policy and the active slot. */
  readonly atLeast: number;
  readonly autoscaling: 'free' | 'frozen';
  /** Queue consumers and cron jobs of this slot. */
  readonly workers: 'active' | 'idle';
}

/** One read of one slot. An absent field means: unknown. */
export interface EnvironmentObservation {
  /** What runs there; `null` when the slot is empty or retired. */
  readonly version: string | null;
  /** The release that was deployed last (`Deployment.id`), where the environment can tell. */
  readonly releaseId?: string;
  readonly fence?: Fence;
  readonly desired: number;
  readonly ready: number;
  /** For people: "0 of 3 ready: image not found". */
  readonly whyNotReady?: string;
  readonly autoscaling?: 'free' | 'frozen';
  readonly workers?: 'active' | 'idle';
  /** What still runs in the slot. */
  readonly drain?: { readonly open: number };
  /** Fingerprint of the spec, for parity checks. */
  readonly spec?: string;
  /** Where the slot itself answers, for checks. */
  readonly url?: string;
}

export interface EnvironmentCapabilities {
  readonly fencing: 'enforced' | 'checked' | 'none';
  /** Can freeze and thaw an autoscaler. */
  readonly autoscaling: boolean;
  /** Can start and stop workers apart from the servers. */
  readonly workers: boolean;
  /** Can run a number of instances that it is told. */
  readonly capacity: boolean;
  /** How long after an aborted call its effect may still happen. */
  readonly lateWriteMs: number;
}

export interface EnvironmentNeeds {
  readonly version: string;
  readonly atLeast: number | 'match-active';
}

/** Code for one kind of place that runs versions. */
export interface EnvironmentAdapter {
  readonly contractVersion: 1;
  readonly name: string;
  readonly resource: string;
  readonly capabilities: EnvironmentCapabilities;
  preflight?(needs: EnvironmentNeeds, call: ReadCall): Promise<readonly Finding[]>;
  observe(slot: Slot, call: ReadCall): Promise<EnvironmentObservation>;
  /** Returns when accepted, not when ready. Called again with the same key, it must be a no-op. */
  converge(target: EnvironmentTarget, call: ConvergeCall): Promise<void>;
  dispose?(): Promise<void>;
}
