import { environmentCapabilities, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';
import type { ReleasePlan } from './release-plan.js';

const { limits, prepare } = policyOf();

/** An environment that can be told how many instances to run. */
function scalable(policy = policyOf()): ReleasePlan {
  const plan = planOf(policy);
  const web = plan.services.web!;
  const capabilities = environmentCapabilities({ fencing: 'enforced', lateWriteMs: 0, capacity: true });
  return { ...plan, services: { web: { ...web, environment: { ...web.environment, capabilities } } } };
}

function shifting(plan = scalable()): Hand {
  const hand = new Hand(plan);
  hand.playTo('shifting');
  return hand;
}

describe('capacity before weight (S1)', () => {
  it('does not follow an active slot that shrinks', () => {
    const hand = shifting();
    hand.observeSlot('blue', { ready: 1 });
    hand.observeSlot('green', { ready: 1 });
    expect(hand.state.services.web?.capacity).toEqual({ decided: 2, needed: 2 });
    expect(hand.effect('route')).toBeUndefined();
    hand.observeSlot('green');
    expect(hand.effect('route')?.target.weights).toEqual(weights(10));
  });

  it('asks for what the active slot had when the candidate was deployed', () => {
    const hand = new Hand(scalable());
    hand.observeRouting();
    hand.observeSlot('blue', { ready: 2 });
    hand.observeSlot('blue', { ready: 5 });
    hand.observeSlot('blue', { ready: 4 });
    hand.settle(() => hand.effect('converge') !== undefined);
    expect(hand.effect('converge')?.target.atLeast).toBe(5);
  });

  it('scales the candidate along when the active slot grows (F20)', () => {
    const hand = shifting();
    hand.observeSlot('blue', { ready: 6 });
    expect(hand.effect('route')).toBeUndefined();
    const grow = hand.effect('converge');
    expect(grow).toMatchObject({ target: { slot: 'green', atLeast: 6, release: { id: 'r1', version: 'v2' } } });
    hand.accept(hand.begin('converge'));
    hand.observeSlot('green', { desired: 6, ready: 4 });
    hand.wait(limits.settleMs + 1);
    expect([hand.state.phase, hand.effect('route')]).toEqual(['shifting', undefined]);
    hand.observeSlot('green', { desired: 6, ready: 6 });
    expect(hand.effect('route')?.target.weights).toEqual(weights(10));
  });

  it('gives up on a candidate that can not grow as long as on one that never gets ready (L2)', () => {
    const hand = shifting();
    hand.observeSlot('blue', { ready: 6 });
    hand.refuse(hand.begin('converge'), 'permanent');
    hand.observeSlot('green', { desired: 2, ready: 2 });
    expect(hand.effect('converge')).toBeUndefined();
    hand.wait(prepare.readyWithinMs - 1);
    expect(hand.state.cause).toBeNull();
    hand.wait(1);
    expect(hand.state.cause).toMatchObject({ code: 'candidate-unfit' });
  });

  it('gives a candidate back what an autoscaler took, with users on it, and only so often (L3)', () => {
    const hand = new Hand(scalable());
    hand.playTo('baking');
    hand.settle();
    const asked = new Set<string>();
    for (let time = 0; time < 2_000_000 && hand.state.phase === 'baking'; time += 1_000) {
      hand.observeSlot('green', { desired: 1, ready: 1 });
      const grow = hand.effect('converge');
      if (grow !== undefined && grow.notBefore <= hand.at) {
        asked.add(grow.key);
        hand.accept(hand.begin('converge'));
      }
      hand.wait(1_000);
    }
    expect(asked.size).toBe(1);
    expect(hand.state.cause).toMatchObject({ code: 'candidate-unfit' });
    const lucky = new Hand(scalable());
    lucky.playTo('baking');
    lucky.settle();
    lucky.observeSlot('green', { desired: 1, ready: 1 });
    lucky.accept(lucky.begin('converge'));
    lucky.playTo('promoted');
    expect(lucky.state.cause).toBeNull();
  });

  it('asks nobody for instances who can not add any, and does not wait for them', () => {
    const hand = shifting(planOf());
    hand.observeSlot('blue', { ready: 6 });
    expect(hand.effect('converge')).toBeUndefined();
    expect(hand.effect('route')?.target.weights).toEqual(weights(10));
  });

  it('keeps what the policy fixed, whatever the active slot has', () => {
    const hand = new Hand(scalable(policyOf({ prepare: { ...prepare, capacity: 2 } })));
    hand.playTo('shifting');
    hand.observeSlot('blue', { ready: 6 });
    expect(hand.effect('route')?.target.weights).toEqual(weights(10));
  });

  it('gives what comes on top of the preview capacity the time of the first instances to boot', () => {
    const hand = new Hand(scalable(policyOf({ prepare: { ...prepare, capacity: 3, previewCapacity: 1 } })));
    hand.playTo('shifting');
    hand.observeSlot('green', { desired: 1, ready: 1 });
    hand.accept(hand.begin('converge'));
    hand.observeSlot('green', { desired: 3, ready: 1 });
    hand.wait(limits.settleMs + 1);
    expect(hand.state.cause).toBeNull();
    hand.observeSlot('green', { desired: 3, ready: 3 });
    expect(hand.effect('route')?.target.weights).toEqual(weights(10));
  });

  it('does not give up on what boots because one read of it failed (F3)', () => {
    const hand = new Hand(scalable(policyOf({ prepare: { ...prepare, capacity: 3, previewCapacity: 1 } })));
    hand.playTo('shifting');
    hand.observeSlot('green', { desired: 1, ready: 1 });
    hand.accept(hand.begin('converge'));
    hand.observeSlot('green', { desired: 3, ready: 1 });
    hand.wait(limits.settleMs + 1);
    hand.tell({
      type: 'observation-failed',
      service: 'web',
      slot: 'green',
      code: 'adapter/no-answer',
      message: 'no answer',
      reaction: 'retry',
    });
    expect(hand.state.cause).toBeNull();
  });

  it('gives a candidate with users that loses an instance no more time for having begun small', () => {
    const hand = new Hand(scalable(policyOf({ prepare: { ...prepare, capacity: 2, previewCapacity: 1 } })));
    hand.playTo('baking');
    hand.observeSlot('green', { desired: 2, ready: 1 });
    hand.wait(limits.settleMs + 1);
    expect(hand.state.cause).toMatchObject({ code: 'candidate-unfit' });
  });

  it('still knows the candidate while it grows where versions are all that is seen', () => {
    const hand = shifting();
    hand.releaseId.green = undefined;
    hand.observeSlot('blue', { ready: 6 });
    hand.refuse(hand.begin('converge'), 'retry');
    hand.observeSlot('green', { desired: 6, ready: 6 });
    expect(hand.effect('route')?.target.weights).toEqual(weights(10));
  });
});
