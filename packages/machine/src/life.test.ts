import { describe, expect, it } from 'vitest';
import { planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

describe('the life of a release', () => {
  it('goes through every phase to promoted', () => {
    const hand = new Hand();
    for (const phase of ['verifying', 'shifting', 'baking', 'retiring', 'promoted'] as const) hand.playTo(phase);
    expect(hand.target?.weights).toEqual({ blue: 0, green: 100 });
    expect(hand.target?.fallback).toBe('green');
    expect(hand.version).toEqual({ blue: null, green: 'v2' });
    expect(hand.state.services.web?.outcome).toBe('promoted');
  });

  it('deploys a first version in one step and keeps the other slot empty', () => {
    const hand = new Hand(planOf(), { active: null });
    hand.playTo('promoted');
    expect(hand.target?.weights).toEqual({ blue: 100, green: 0 });
    expect(hand.version).toEqual({ blue: 'v2', green: null });
  });

  it('goes back from every phase before teardown, and keeps the candidate when the policy says so', () => {
    for (const phase of ['preparing', 'verifying', 'shifting', 'baking', 'retiring'] as const) {
      const hand = new Hand();
      hand.playTo(phase);
      hand.tell({ type: 'rollback-requested', command: 'c1', by: 'ann', reason: 'no', abort: false });
      hand.playTo('rolled-back');
      expect(hand.target?.weights).toEqual({ blue: 100, green: 0 });
      expect(hand.version.blue).toBe('v1');
      expect(hand.state.cause?.code).toBe('person-asked');
    }
  });

  it('retires the candidate after a rollback when the policy says so', () => {
    const hand = new Hand(planOf(policyOf({ retire: { after: 0, candidate: 'retire', drainMs: 1_000 } })));
    hand.playTo('baking');
    hand.tell({ type: 'rollback-requested', command: 'c1', by: 'ann', reason: 'no', abort: false });
    hand.playTo('rolled-back');
    expect(hand.version).toEqual({ blue: 'v1', green: null });
  });

  it('keeps the old slot for ever with `keep`', () => {
    const hand = new Hand(planOf(policyOf({ retire: { after: 'keep', candidate: 'keep', drainMs: 1_000 } })));
    hand.playTo('promoted');
    expect(hand.version).toEqual({ blue: 'v1', green: 'v2' });
  });
});
