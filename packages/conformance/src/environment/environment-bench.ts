import type { EnvironmentAdapter, Slot } from '@bluegreen/contract';
import type { AdapterBench, ProviderHarness } from '../adapter-bench.js';

/**
 * What only the author of an adapter can do: things that happen on the other side. Each part that is missing leaves
 * the rules that need it unshown, and they say so.
 */
export interface EnvironmentHarness extends ProviderHarness {
  /** Everything beside our own objects at the provider, as text. */
  neighbours?(): Promise<string>;
  /** Names of what still exists for a slot: processes, objects, files that a retire has to remove. */
  leftovers?(slot: Slot): Promise<readonly string[]>;
}

/** Two empty slots under test, made for one rule. */
export interface EnvironmentBench extends AdapterBench<EnvironmentAdapter, EnvironmentHarness> {
  /** Versions that it can run: two that get ready and, where there is one, one that never does. */
  readonly versions: { readonly good: readonly [string, string]; readonly broken?: string };
  /** Longest from an accepted deployment to ready, and from an accepted retire to empty: 30 s unless told. */
  readonly readyMs?: number;
  /** Ready instances that are asked for: 2 unless told. */
  readonly instances?: number;
}
