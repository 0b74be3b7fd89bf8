import { weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { analysisGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

describe('a pause', () => {
  it('keeps a step that was not begun from being written', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    hand.command('pause-requested');
    hand.observeRouting();
    expect(hand.effect('route')).toBeUndefined();
    hand.command('resume-requested');
    expect(hand.effect('route')?.target).toMatchObject({ weights: weights(10), preview: 'green' });
  });

  it('does not keep a new owner from stamping what is in place', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.command('pause-requested');
    hand.takeOver();
    hand.observeRouting();
    expect(hand.effect('route')).toMatchObject({ target: { weights: { green: 100 } } });
  });

  it('does not keep a guardrail from going back (S24)', () => {
    const hand = new Hand(planOf(policyOf({ guardrails: [analysisGate('guardrail/errors')] })));
    hand.playTo('baking');
    hand.command('pause-requested');
    hand.judge(hand.effect('judge')!, 'fail');
    hand.playTo('rolled-back');
    expect(hand.state.paused).toBeNull();
  });

  it('keeps a slot from being deployed to, or retired', () => {
    for (const phase of ['preparing', 'retiring'] as const) {
      const hand = new Hand();
      hand.playTo(phase);
      hand.settle(() => hand.routing.shownAt !== null);
      if (phase === 'retiring') hand.wait(3_600_000);
      const release = phase === 'preparing' ? { id: 'r1', version: 'v2' } : null;
      const slot = phase === 'preparing' ? 'green' : 'blue';
      expect(hand.effect('converge')?.target).toMatchObject({ slot, release });
      hand.command('pause-requested');
      hand.observeRouting();
      expect(hand.effect('converge')).toBeUndefined();
    }
  });
});
