import type { Clock } from '@bluegreen/contract';
import { broken } from './rule.js';

/** Lets time pass on this clock. */
export function wait(clock: Clock, durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, durationMs);
  });
}

/** What a call came to: its answer or its error. */
export type Attempt<T> = { readonly error: null; readonly value: T } | { readonly error: Error };

/** Never rejects. */
export async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { error: null, value: await run() };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(`thrown, and no Error: ${String(error)}`) };
  }
}

/** The rule is broken when this takes longer. */
export async function within<T>(clock: Clock, limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: unknown;
  const late = new Promise<'late'>((resolve) => {
    timer = clock.setTimeout(() => resolve('late'), limitMs);
  });
  try {
    const first = await Promise.race([promise.then((value) => ({ value })), late]);
    return first === 'late' ? broken(`${what} did not end within ${limitMs} ms`) : first.value;
  } finally {
    clock.clearTimeout(timer);
  }
}

/** Looks until `seen` answers something, or the time is over; then says so. */
export async function until<T>(
  { clock, limitMs, pollMs }: { readonly clock: Clock; readonly limitMs: number; readonly pollMs: number },
  look: () => Promise<T | null>,
): Promise<T | null> {
  const deadline = clock.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== null || clock.now() >= deadline) return seen;
    await wait(clock, pollMs);
  }
}
