import { everythingTo } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { capable, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const settleMs = policyOf().limits.settleMs;

describe('reads that fail or disagree', () => {
  it('are over as soon as anything is read, whatever it shows', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.edit(40);
    hand.observeRouting();
    hand.failRead();
    hand.observeRouting();
    expect(hand.routing).toMatchObject({ unreadableSince: null });
    expect(hand.isDrifted).toBe(true);
    hand.wait(settleMs * 5);
    hand.command('resume-requested');
    expect(hand.state.cause).toBeNull();
  });

  it('tell something once, not each time', () => {
    const hand = new Hand();
    hand.playTo('baking');
    for (const slot of [null, 'blue', 'green'] as const) {
      const first = hand.failRead(slot);
      expect(hand.failRead(slot)).toBe(first);
    }
  });

  it('of the candidate roll back when they last', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.observeSlot('green');
    hand.failRead('green');
    hand.wait(settleMs - 1);
    expect(hand.state.cause).toBeNull();
    hand.wait(1);
    expect(hand.state.cause).toMatchObject({
      code: 'candidate-unfit',
      message: expect.stringContaining('not be read'),
    });
  });

  it('of the candidate are forgotten when one succeeds', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.failRead('green');
    hand.observeSlot('green');
    hand.wait(settleMs);
    expect(hand.state.cause).toBeNull();
  });

  it('that show only what is older let no slot be touched and no release end', () => {
    const hand = new Hand();
    hand.settle(() => hand.effect('converge') !== undefined);
    expect(hand.effect('converge')?.notBefore).toBeLessThanOrEqual(hand.at);
    hand.edit(10, { epoch: 1, sequence: 1 });
    hand.observeRouting();
    expect(hand.effect('converge')).toBeUndefined();
    hand.command('rollback-requested');
    expect(hand.state.phase).toBe('rolling-back');
  });

  it('let nothing be deployed while it is suspected that somebody routed a first deployment', () => {
    const hand = new Hand(planOf(policyOf(), { ...capable, propagationMs: 5_000 }), { active: null });
    hand.settle(() => hand.effect('converge') !== undefined);
    hand.target = everythingTo('blue');
    hand.observeRouting();
    expect(hand.isDrifted).toBe(false);
    expect(hand.effect('converge')).toBeUndefined();
  });

  it('of an owner that is gone do not say what runs', () => {
    const hand = new Hand(planOf(), { active: null });
    hand.observeSlot('blue');
    hand.takeOver();
    hand.observeRouting();
    hand.observeSlot('green');
    expect(hand.state.services.web?.roles).toBeNull();
    hand.observeSlot('blue', { version: 'v1', ready: 2 });
    hand.observeRouting();
    hand.observeSlot('green');
    expect(hand.state.stuck).toBeNull();
    hand.observeSlot('blue', { version: 'v1', ready: 2 });
    expect(hand.state.stuck?.code).toBe('release/routing-missing');
    hand.observeSlot('blue');
    hand.command('retry-requested');
    hand.observeRouting();
    expect(hand.state.phase).toBe('preparing');
    hand.playTo('promoted');
  });
});
