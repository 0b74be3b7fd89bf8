import type { Fence } from '@bluegreen/contract';
import type { ReleaseState } from './state.js';

/** How much less often is read what nothing waits for. */
export const idleFactor = 5;

/** The fence of the next write to this resource (rule 4). */
export function nextFence(state: ReleaseState, resource: string): Fence {
  const { epoch, sequence } = state.fences[resource] ?? { epoch: 0, sequence: 0 };
  return { epoch, sequence: sequence + 1 };
}
