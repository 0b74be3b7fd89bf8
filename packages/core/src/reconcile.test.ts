import type { Effect } from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import { reconcile } from './reconcile.js';

function observe(key: string, patch: Partial<Effect & { kind: 'observe-routing' }> = {}): Effect {
  return { kind: 'observe-routing', key, service: 'web', notBefore: 0, everyMs: 1_000, ...patch };
}

function keysOf(effects: readonly Effect[]): readonly string[] {
  return effects.map(({ key }) => key);
}

describe('reconcile', () => {
  it('starts what is new, in the order in which it is wanted, and leaves alone what runs', () => {
    const { start, abort } = reconcile([observe('a'), observe('b'), observe('c')], new Map([['b', null]]), 5_000);
    expect(keysOf(start)).toEqual(['a', 'c']);
    expect(abort).toEqual([]);
  });

  it('aborts what runs and is not wanted any more, and forgets what has ended', () => {
    const known = new Map([
      ['running', null],
      ['ended', 4_000],
    ]);
    expect(reconcile([], known, 5_000)).toMatchObject({ abort: ['running'], forget: ['ended'], start: [] });
  });

  it('repeats a read so long after it ended, and says when', () => {
    const known = new Map([['a', 4_500]]);
    expect(reconcile([observe('a')], known, 5_000)).toMatchObject({ start: [], wakeAt: 5_500 });
    expect(keysOf(reconcile([observe('a')], known, 5_500).start)).toEqual(['a']);
  });

  it('waits for the instant before which an effect must not start', () => {
    expect(reconcile([observe('a', { notBefore: 9_000 })], new Map(), 5_000)).toMatchObject({
      start: [],
      wakeAt: 9_000,
    });
  });

  it('wakes for the earliest of all that wait', () => {
    const wanted = [observe('a', { notBefore: 9_000 }), observe('b', { notBefore: 7_000 })];
    expect(reconcile(wanted, new Map(), 5_000).wakeAt).toBe(7_000);
  });

  it('does what is not repeated once per key', () => {
    const once = observe('a', { everyMs: 0 });
    expect(reconcile([once], new Map([['a', 1_000]]), 5_000)).toMatchObject({ start: [], wakeAt: null });
  });
});
