import type { Clock } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { limitedCall } from './limited-call.js';

/** A clock that stands still until it is told that the time is over. */
function stillClock() {
  const due = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    setTimeout(callback) {
      due.add(callback);
      return callback;
    },
    clearTimeout: (timer) => void due.delete(timer as () => void),
  };
  return {
    clock,
    due,
    timeIsOver: () => {
      for (const callback of [...due]) callback();
    },
  };
}

const deaf = () => new Promise<never>(() => {});

describe('a limited call', () => {
  test('that answers in time lets go of the clock and of the signal', async () => {
    const { clock, due } = stillClock();
    const outer = new AbortController();
    let given: AbortSignal | undefined;
    const answer = await limitedCall({ clock, limitMs: 5, signal: outer.signal }, async ({ signal }) => {
      given = signal;
      return 'heard';
    });
    expect(answer).toBe('heard');
    expect(due.size).toBe(0);
    outer.abort();
    expect(given!.aborted).toBe(false);
  });

  test('lets go of the clock when it rejects', async () => {
    const { clock, due } = stillClock();
    const { signal } = new AbortController();
    await expect(limitedCall({ clock, limitMs: 5, signal }, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(due.size).toBe(0);
  });

  test('is told when its time is over, and is not waited for when it does not listen', async () => {
    const { clock, timeIsOver } = stillClock();
    const { signal } = new AbortController();
    let given: AbortSignal | undefined;
    const answer = limitedCall({ clock, limitMs: 5, signal }, (limited) => {
      given = limited.signal;
      return Promise.race([deaf(), limited.late.then(() => 'late')]);
    });
    timeIsOver();
    expect(await answer).toBe('late');
    expect(given!.aborted).toBe(true);
  });

  test.each(['before', 'during'] as const)('is told that nobody wants its answer, %s the call', async (when) => {
    const { clock } = stillClock();
    const outer = new AbortController();
    if (when === 'before') outer.abort();
    let isLate = false;
    const answer = limitedCall({ clock, limitMs: 5, signal: outer.signal }, ({ aborted, late }) => {
      void late.then(() => {
        isLate = true;
      });
      return Promise.race([deaf(), aborted.then(() => 'aborted')]);
    });
    outer.abort();
    expect(await answer).toBe('aborted');
    expect(isLate).toBe(false);
  });
});
