import { everythingTo, sameTarget, type TrafficCapabilities, trafficCapabilities, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { isReached } from './conditions.js';
import { approvalGate, capable, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const lagging = { ...capable, propagationMs: 5_000 };
const unstamped = trafficCapabilities({ ...lagging, fencing: 'none', lateWriteMs: 0 });
const accepted = { proof: 'accepted' } as const;
const steps = policyOf({
  audiences: { staff: { header: 'x-staff', equals: 'yes' } },
  shift: [
    { percent: 0, audiences: ['staff'], holdMs: 60_000, gates: [] },
    { percent: 20, audiences: ['staff'], holdMs: 60_000, gates: [] },
    { percent: 100, audiences: [], holdMs: 0, gates: [] },
  ],
});

function reached(hand: Hand): boolean {
  return isReached(hand.state, 'web', hand.at);
}

/** A release on its way to the first step, whose write was accepted. */
function shifting(traffic: TrafficCapabilities = capable): Hand {
  const hand = new Hand(planOf(policyOf(), traffic));
  hand.playTo('shifting');
  hand.observeRouting();
  const write = hand.begin('route');
  hand.accept(write);
  hand.land(write);
  return hand;
}

/** One write that is accepted and never lands. */
function acceptInVain(hand: Hand): void {
  hand.observeRouting();
  const wait = hand.effect('route')!.notBefore - hand.at;
  if (wait > 0) hand.wait(wait);
  hand.accept(hand.begin('route'));
  hand.observeRouting();
  hand.wait(300_000);
}

describe('rule 5: reached means all of it', () => {
  it.each(['preview', 'audiences', 'weights', 'fallback'] as const)('is not reached while only %s differ', (part) => {
    const preview = part !== 'fallback';
    const gates = part === 'preview' ? [approvalGate('verify/go-live')] : [];
    const hand = new Hand(planOf({ ...steps, verify: { gates } }, { ...capable, preview }));
    hand.playTo(part === 'preview' ? 'verifying' : part === 'fallback' ? 'retiring' : 'shifting');
    if (part === 'weights') {
      hand.settle();
      hand.wait(60_000);
      expect(hand.state.step).toBe(1);
    }
    hand.observeRouting();
    const { target } = hand.effect('route')!;
    expect(sameTarget({ ...hand.target!, [part]: target[part] }, target)).toBe(true);
    expect(hand.routing.drifted).toBeNull();
    expect(reached(hand)).toBe(false);
    hand.settle();
    expect(hand.target).toEqual(target);
    expect(reached(hand)).toBe(true);
  });

  it('asks for nothing that the router does not remember', () => {
    const hand = new Hand(planOf(policyOf(), { ...capable, remembers: [], preview: false }));
    hand.playTo('retiring');
    const { fence } = hand;
    hand.observeRouting({
      routing: { kind: 'split', target: { ...hand.target!, fallback: 'blue', candidate: 'blue' } },
    });
    expect(reached(hand)).toBe(true);
    expect(hand.effect('route')).toBeUndefined();
    expect(hand.fence).toEqual(fence);
  });

  it('counts propagationMs from the first read that shows it', () => {
    const hand = shifting(lagging);
    hand.wait(2_000);
    hand.observeRouting(accepted);
    hand.wait(4_000);
    hand.observeRouting(accepted);
    hand.wait(999);
    expect([reached(hand), hand.state.watch]).toEqual([false, null]);
    hand.wait(1);
    expect(reached(hand)).toBe(true);
    expect(hand.state.watch?.since).toBe(hand.at);
  });

  it('takes a proof of every router at once', () => {
    const hand = shifting(lagging);
    hand.observeRouting(accepted);
    expect(reached(hand)).toBe(false);
    hand.observeRouting();
    expect(reached(hand)).toBe(true);
  });

  it('counts propagationMs again after a takeover', () => {
    const hand = shifting(unstamped);
    hand.observeRouting(accepted);
    hand.wait(5_000);
    expect(reached(hand)).toBe(true);
    hand.takeOver(60_000);
    expect(reached(hand)).toBe(false);
    hand.wait(3_000);
    hand.observeRouting(accepted);
    hand.wait(4_999);
    expect(reached(hand)).toBe(false);
    hand.wait(1);
    expect(reached(hand)).toBe(true);
  });

  it('asks again for what was accepted and never shown within settle: an attempt', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    hand.observeRouting();
    const first = hand.begin('route');
    hand.accept(first);
    hand.observeRouting();
    hand.wait(299_999);
    expect(hand.effect('route')).toBeUndefined();
    hand.wait(1);
    expect(hand.routing.writes).toMatchObject([{ status: 'unresolved', until: hand.at + 10_000 }]);
    const again = hand.begin('route');
    expect([again.key === first.key, again.fence.sequence - first.fence.sequence]).toEqual([false, 1]);
    expect(hand.routing.attempts).toBe(2);
  });

  it('goes back with write-failed after limits.attempts', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    for (let attempt = 1; attempt <= 4; attempt++) acceptInVain(hand);
    hand.observeRouting();
    expect([hand.state.phase, hand.state.cause]).toEqual(['shifting', null]);
    acceptInVain(hand);
    hand.observeRouting();
    expect(hand.state).toMatchObject({ phase: 'rolling-back', cause: { code: 'write-failed', service: 'web' } });
    hand.playTo('rolled-back');
    expect(hand.target?.weights).toEqual(weights(0));
  });

  it('counts attempts anew for every goal', () => {
    const hand = new Hand(planOf(steps));
    hand.playTo('shifting');
    for (let attempt = 1; attempt <= 4; attempt++) acceptInVain(hand);
    hand.settle();
    hand.wait(60_000);
    expect([hand.state.step, hand.routing.attempts]).toEqual([1, 0]);
    for (let attempt = 1; attempt <= 4; attempt++) acceptInVain(hand);
    hand.playTo('baking');
    expect(hand.target).toMatchObject({ weights: everythingTo('green').weights, fallback: 'blue' });
  });
});
