import { fail } from './failure.js';

/** Stops waiting when the signal aborts; the work itself goes on for the others who wait. */
export function abortable<R>(work: Promise<R>, signal: AbortSignal, onAbort: () => void): Promise<R> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(fail('kubernetes/read-failed', { detail: 'the caller stopped waiting' }));
      onAbort();
    };
    if (signal.aborted) {
      reject(fail('kubernetes/aborted', { detail: 'a read' }));
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
