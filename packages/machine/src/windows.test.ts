import { describe, expect, it } from 'vitest';
import { explain } from './explain.js';
import { planOf, policyOf } from './plan.fixture.js';
import { Hand, start } from './release.fixture.js';
import type { Opening } from './release-plan.js';
import { wakeAt } from './wanted-effects.js';

const hour = 3_600_000;

function handWith(openings: readonly Opening[]): Hand {
  const shift = [10, 50, 100].map((percent) => ({ percent, audiences: [], holdMs: hour, gates: [] }));
  const policy = policyOf({ shift, limits: { ...policyOf().limits, totalMs: 5 * hour } });
  return new Hand({ ...planOf(policy), openings });
}

const percent = (hand: Hand) => hand.target!.weights.green;

describe('the windows of a policy', () => {
  it('delay every step forward until the next one opens, to the instant', () => {
    const hand = handWith([
      { fromMs: start + 2 * hour, untilMs: start + 2.5 * hour },
      { fromMs: start + 26 * hour, untilMs: start + 40 * hour },
    ]);
    hand.playTo('shifting');
    hand.settle();
    expect(percent(hand)).toBe(0);
    expect(wakeAt(hand.state, hand.at)).toBe(start + 2 * hour);
    expect(explain(hand.state)).toMatchObject({ code: 'window-closed' });
    hand.wait(2 * hour);
    hand.settle();
    expect(percent(hand)).toBe(10);
    // The hold goes on while the window is closed; the step after it waits for the next day.
    hand.wait(hour);
    hand.settle();
    expect([hand.state.step, percent(hand)]).toEqual([1, 10]);
    hand.playTo('baking');
    expect(hand.state.watch!.since).toBe(start + 28 * hour);
  });

  it('stop no time limit from standing still, and no rollback', () => {
    const hand = handWith([{ fromMs: start, untilMs: start + hour }]);
    hand.playTo('shifting');
    hand.settle();
    hand.wait(hour);
    hand.settle();
    expect(percent(hand)).toBe(10);
    hand.wait(100 * hour);
    hand.settle();
    expect(hand.state.phase).toBe('shifting');
    expect(explain(hand.state).sentence).toContain('no window of the policy opens any more');
    hand.command('rollback-requested');
    hand.playTo('rolled-back');
    expect(percent(hand)).toBe(0);
  });

  it('keep a step that was begun from being driven further, and not from being taken back', () => {
    const hand = handWith([{ fromMs: start, untilMs: start + hour }]);
    hand.playTo('shifting');
    hand.wait(hour);
    hand.settle();
    expect(percent(hand)).toBe(0);
    expect(hand.state.isClosed).toBe(true);
  });
});
