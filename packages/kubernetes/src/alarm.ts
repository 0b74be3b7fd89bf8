import type { Clock, TimerHandle } from '@bluegreen/contract';

/** A timer that does not keep a process alive whose work is done. */
export function alarm(clock: Clock, delayMs: number, run: () => void): TimerHandle {
  const handle = clock.setTimeout(run, delayMs);
  (handle as { unref?: () => void } | null)?.unref?.();
  return handle;
}
