import type { ReleaseState } from './state.js';

/** Whether the windows of the policy keep a release from shifting forward now. Going back is never kept. */
export function isClosedAt({ plan }: ReleaseState, at: number): boolean {
  const { openings } = plan;
  return openings !== undefined && !openings.some(({ fromMs, untilMs }) => fromMs <= at && at < untilMs);
}

/** When the next window opens; `null` when none does within the time that was worked out. */
export function nextOpening({ plan }: ReleaseState, at: number): number | null {
  return plan.openings?.find(({ fromMs }) => fromMs > at)?.fromMs ?? null;
}

/** Notes whether the windows are closed. */
export function noteWindows(state: ReleaseState, at: number): ReleaseState {
  const isClosed = isClosedAt(state, at);
  return state.isClosed === isClosed ? state : { ...state, isClosed };
}

/** The next instant at which a window opens or closes, for a release that still goes forward. */
export function windowInstant({ plan, phase }: ReleaseState, at: number): number | null {
  if (plan.openings === undefined || (phase !== 'preparing' && phase !== 'verifying' && phase !== 'shifting'))
    return null;
  for (const { fromMs, untilMs } of plan.openings) {
    if (fromMs > at) return fromMs;
    if (untilMs > at) return untilMs;
  }
  return null;
}

/** The release waits for a window, and for nothing else that it could do. */
export function awaitsWindow({ isClosed, phase, watch }: ReleaseState): boolean {
  return isClosed && phase === 'shifting' && watch === null;
}
