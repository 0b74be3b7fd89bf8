import type { Clock } from './clock.js';

/** Longer delays than a Node timer can hold fire at once; the caller wakes early and looks again. */
const longestMs = 2_147_483_647;

/** The machine's clock. Anchored to the wall once, then monotonic: a jump of the wall clock shortens nothing (S45). */
export function systemClock(): Clock {
  const startedAt = Date.now() - performance.now();
  return {
    now: () => Math.round(startedAt + performance.now()),
    setTimeout: (run, delayMs) => setTimeout(run, Math.min(Math.max(0, delayMs), longestMs)),
    clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
  };
}
