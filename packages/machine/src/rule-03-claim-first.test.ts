import { everythingTo, trafficCapabilities, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { isReached } from './conditions.js';
import { capable, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const unstamped = trafficCapabilities({ ...capable, fencing: 'none' });

function reached(hand: Hand): boolean {
  return isReached(hand.state, 'web', hand.at);
}

describe('rule 3: claimed or not reached', () => {
  it('stamps what it finds before it deploys', () => {
    const hand = new Hand();
    hand.observeRouting();
    hand.observeSlot('blue');
    hand.observeSlot('green');
    expect(reached(hand)).toBe(false);
    expect(hand.effect('converge')).toBeUndefined();
    const { target, fence } = hand.effect('route')!;
    expect(target).toMatchObject({ ...everythingTo('blue'), candidate: 'green', cohort: { kind: 'sticky' } });
    expect(fence).toEqual({ epoch: 7, sequence: 1 });
    const write = hand.begin('route');
    hand.land(write);
    hand.accept(write);
    hand.observeRouting();
    expect(reached(hand)).toBe(true);
    expect(hand.effect('converge')?.target).toMatchObject({ slot: 'green', release: { id: 'r1', version: 'v2' } });
  });

  it.each(['enforced', 'checked'] as const)('stamps anew after a takeover, with the same target (%s)', (fencing) => {
    const hand = new Hand(planOf(policyOf(), { ...capable, fencing }));
    hand.playTo('baking');
    const { target } = hand;
    expect(reached(hand)).toBe(true);
    hand.takeOver(60_000);
    hand.observeRouting();
    expect(hand.routing).toMatchObject({ drifted: null, shownAt: null });
    expect(reached(hand)).toBe(false);
    expect(hand.state.watch?.lostAt).not.toBeNull();
    expect(hand.effect('route')).toMatchObject({ target, fence: { epoch: 8, sequence: 1 } });
    hand.settle();
    expect(hand.fence).toEqual({ epoch: 8, sequence: 1 });
    expect(reached(hand)).toBe(true);
    expect(hand.state.watch?.lostAt).toBeNull();
  });

  it('promotes nothing on the stamp of the owner before', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.takeOver();
    hand.observeSlot('blue');
    hand.observeSlot('green');
    hand.lookOn(600_000);
    expect(hand.state.phase).toBe('baking');
    hand.playTo('promoted');
  });

  it('relies no longer on a target that an owner before it wrote again', () => {
    const hand = new Hand(planOf(policyOf(), { ...capable, fencing: 'checked' }));
    hand.playTo('shifting');
    const zombie = hand.begin('route');
    hand.takeOver();
    hand.settle();
    expect(reached(hand)).toBe(true);
    expect(hand.fence?.epoch).toBe(8);
    hand.land(zombie);
    hand.observeRouting();
    expect(hand.target?.weights).toEqual(weights(10));
    expect(hand.isDrifted).toBe(false);
    expect(reached(hand)).toBe(false);
    hand.settle();
    expect(hand.fence?.epoch).toBe(8);
    expect(reached(hand)).toBe(true);
  });

  it('waits lateWriteMs after the lease was won where no stamp can be held', () => {
    const hand = new Hand(planOf(policyOf(), unstamped));
    hand.playTo('baking');
    hand.takeOver(60_000);
    hand.settle();
    expect(hand.effect('route')).toBeUndefined();
    hand.wait(9_999);
    expect(reached(hand)).toBe(false);
    hand.wait(1);
    expect(reached(hand)).toBe(true);
  });

  it('waits so for the first owner too: nothing is deployed sooner', () => {
    const hand = new Hand(planOf(policyOf(), unstamped));
    hand.version.green = 'v0';
    const won = hand.at;
    hand.settle();
    expect(hand.effect('converge')?.notBefore).toBe(won + 10_000);
  });
});
