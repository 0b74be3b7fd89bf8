import type { Clock } from '@bluegreen/contract';

export interface CallLimit {
  readonly clock: Clock;
  readonly limitMs: number;
  /** Nobody wants the answer any more once it aborts. */
  readonly signal: AbortSignal;
}

/** What one call of somebody else's code is given, and what to race it against: that code may never look at its signal. */
export interface LimitedCall {
  /** Aborts when the limit is over, or when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Resolves when the limit is over. */
  readonly late: Promise<void>;
  /** Resolves when `signal` aborts. */
  readonly aborted: Promise<void>;
}

/** Makes a call that lasts at most so long. Whatever it was bound to is let go of when it ends. */
export async function limitedCall<T>(
  { clock, limitMs, signal }: CallLimit,
  call: (limited: LimitedCall) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const aborted = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let timer: unknown;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimeout(() => {
      abort();
      resolve();
    }, limitMs);
  });
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await call({ signal: controller.signal, late, aborted });
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
