import { everythingTo, trafficCapabilities, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { capable, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const unstamped = trafficCapabilities({
  ...capable,
  fencing: 'none',
  remembers: [],
  propagationMs: 5_000,
  lateWriteMs: 2_000,
});
const staff = { name: 'staff', match: { header: 'x-staff', equals: 'yes' }, slot: 'green' } as const;
const policy = policyOf({
  audiences: { staff: { header: 'x-staff', equals: 'yes' } },
  shift: [
    { percent: 0, audiences: ['staff'], holdMs: 0, gates: [] },
    { percent: 20, audiences: [], holdMs: 60_000, gates: [] },
    { percent: 100, audiences: [], holdMs: 0, gates: [] },
  ],
});

/** At the second step, whose target takes two requests: other weights, and no audience any more. Only the first got through. */
function partly(answer: 'unknown' | 'crash'): Hand {
  const hand = new Hand(planOf(policy, unstamped));
  hand.playTo('shifting');
  const isDue = (): boolean => hand.state.step === 1 && hand.effect('route') !== undefined;
  for (let round = 0; round < 60 && !isDue(); round++) {
    hand.settle(isDue);
    if (!isDue()) hand.wait(1_000);
  }
  const write = hand.begin('route');
  if (answer === 'crash') hand.takeOver(1_000);
  else hand.refuse(write, 'read-back');
  hand.target = { ...hand.target!, weights: weights(20) };
  return hand;
}

describe('a write of several requests, without a stamp (F5)', () => {
  it.each(['unknown', 'crash'] as const)('is completed after a part of it got through: %s', (answer) => {
    const hand = partly(answer);
    expect(hand.target!.audiences).toEqual([staff]);
    for (let look = 0; look < 20 && hand.target!.audiences.length > 0; look++) {
      hand.observeRouting();
      for (const slot of ['blue', 'green'] as const) hand.observeSlot(slot);
      expect(hand.routing.drifted).toBeNull();
      const wanted = hand.effect('route');
      if (wanted !== undefined && wanted.notBefore <= hand.at) {
        const again = hand.begin('route');
        hand.accept(again);
        hand.land(again);
      }
      hand.wait(1_000);
    }
    expect(hand.target).toMatchObject({ weights: weights(20), audiences: [] });
  });

  it.each([
    ['other weights', { weights: weights(30) }],
    ['an audience that nobody wrote', { audiences: [{ ...staff, name: 'friends' }] }],
    ['a preview that nobody wrote', { preview: null }],
  ])('is drift where somebody else wrote: %s', (_, foreign) => {
    const hand = partly('unknown');
    hand.target = { ...hand.target!, ...foreign };
    hand.observeRouting();
    hand.wait(6_000);
    hand.observeRouting();
    expect(hand.routing.drifted).not.toBeNull();
  });

  it('covers nothing where no write of ours is open', () => {
    const hand = new Hand(planOf(policy, unstamped));
    hand.playTo('verifying');
    hand.target = everythingTo('green', { cohort: hand.target!.cohort });
    hand.observeRouting();
    hand.wait(6_000);
    hand.observeRouting();
    expect(hand.routing.drifted).not.toBeNull();
  });
});
