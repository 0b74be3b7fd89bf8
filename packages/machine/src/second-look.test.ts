import { weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';
import { checkExplained } from './walk-checks.fixture.js';
import { effectsFor } from './wanted-effects.js';

const settleMs = policyOf().limits.settleMs;
const checked = planOf(policyOf({ verify: { gates: [checkGate('verify/smoke')] } }));

/** All users are on green, and somebody asked to go back. */
function returning(): Hand {
  const hand = new Hand();
  hand.playTo('baking');
  hand.settle();
  expect(hand.command('rollback-requested')).toBeNull();
  expect(hand.state.phase).toBe('rolling-back');
  return hand;
}

describe('users that are sent back', () => {
  it('wait until the slot that gets them was read (S14)', () => {
    const hand = returning();
    expect(hand.effect('route')).toBeUndefined();
    hand.observeRouting();
    expect(hand.effect('route')).toBeUndefined();
    hand.observeSlot('blue');
    expect(hand.effect('route')).toMatchObject({ notBefore: 0, target: { weights: weights(0) } });
    hand.playTo('rolled-back');
  });

  it('do not wait for a slot that can not be read, whichever it is (S27, S28)', () => {
    const hand = returning();
    hand.failRead('green');
    expect(hand.effect('route')).toBeUndefined();
    hand.failRead('blue');
    expect(hand.effect('route')?.target.weights).toEqual(weights(0));
  });

  it('are not sent to a slot that is seen dead twice, while the candidate serves (S14, F30)', () => {
    const hand = returning();
    hand.observeSlot('blue', { ready: 0 });
    expect(hand.state.phase).toBe('rolling-back');
    hand.observeSlot('green');
    expect(hand.effect('route')).toBeUndefined();
    hand.observeSlot('blue', { ready: 0 });
    expect(hand.state.stuck).toMatchObject({ code: 'release/active-unhealthy', from: 'rolling-back' });
    expect(hand.target?.weights).toEqual(weights(100));
  });

  it('are sent back when the second read finds the slot well (F7)', () => {
    const hand = returning();
    hand.observeSlot('blue', { ready: 0 });
    hand.observeSlot('blue');
    hand.observeSlot('green');
    expect(hand.effect('route')?.target.weights).toEqual(weights(0));
    hand.playTo('rolled-back');
  });

  it('go to the version that served before when both slots are dead (rule 12)', () => {
    const hand = returning();
    hand.observeSlot('blue', { ready: 0 });
    hand.observeSlot('green', { ready: 0 });
    hand.observeSlot('blue', { ready: 0 });
    expect(hand.state.phase).toBe('rolling-back');
    expect(hand.effect('route')?.target.weights).toEqual(weights(0));
    checkExplained(hand.state, hand.at);
  });

  it('stay where they are when no second read ever comes, and a person is called', () => {
    const hand = returning();
    hand.observeSlot('blue', { ready: 0 });
    hand.observeSlot('green');
    hand.failRead('blue');
    hand.wait(settleMs - 1);
    expect(hand.effect('route')).toBeUndefined();
    hand.wait(1);
    expect(hand.state.stuck?.code).toBe('release/active-unhealthy');
  });

  it('are kept where they are when the slot dies while the write is refused (S14)', () => {
    const hand = returning();
    hand.refuse(hand.begin('route'), 'retry');
    hand.observeRouting();
    const look = effectsFor(hand.state).find(({ key }) => key.startsWith('observe-environment/web/blue/'));
    expect(look).toMatchObject({ everyMs: policyOf().limits.pollMs });
    hand.twice(() => hand.observeSlot('blue', { ready: 0 }));
    hand.observeSlot('green');
    expect(hand.state.stuck?.code).toBe('release/active-unhealthy');
  });

  it('are looked after again by every owner that goes on, and by a retry', () => {
    const hand = returning();
    hand.observeSlot('blue');
    hand.takeOver();
    hand.observeRouting();
    expect(hand.effect('route')).toBeUndefined();
    hand.twice(() => hand.observeSlot('blue', { ready: 0 }));
    hand.observeSlot('green');
    expect(hand.state.phase).toBe('stuck');
    hand.command('retry-requested');
    hand.observeRouting();
    expect(hand.effect('route')).toBeUndefined();
    hand.playTo('rolled-back');
  });

  it('are looked after again when the router could not be read meanwhile', () => {
    const hand = returning();
    hand.failRead('blue');
    hand.failRead();
    hand.wait(60_000);
    hand.observeRouting();
    expect(hand.effect('route')).toBeUndefined();
    hand.observeSlot('blue');
    expect(hand.effect('route')?.target.weights).toEqual(weights(0));
  });

  it('stay on the candidate that somebody gave them while the active slot is dead, whatever the phase', () => {
    const hand = new Hand(checked);
    hand.playTo('verifying');
    hand.settle(() => hand.routing.shownAt !== null);
    hand.edit(30);
    hand.observeRouting();
    hand.observeSlot('blue', { ready: 0 });
    hand.command('resume-requested');
    hand.observeRouting();
    expect(hand.effect('route')).toBeUndefined();
    hand.observeSlot('blue');
    expect(hand.effect('route')?.target.weights).toEqual(weights(0));
  });

  it('need no look where none of them has left', () => {
    const hand = new Hand(checked);
    hand.playTo('verifying');
    hand.settle(() => hand.routing.shownAt !== null);
    hand.command('rollback-requested');
    hand.observeRouting();
    expect(hand.effect('route')?.target.weights).toEqual(weights(0));
  });
});

describe('one odd read', () => {
  it.each(['verifying', 'shifting', 'baking'] as const)('of the candidate sends nothing back: %s (F7)', (phase) => {
    const hand = new Hand(checked);
    hand.playTo(phase);
    hand.settle(() => hand.routing.shownAt !== null);
    hand.observeSlot('green', { version: null, ready: 0 });
    expect(hand.state).toMatchObject({ phase, cause: null });
    hand.observeSlot('green');
    hand.playTo('promoted');
    expect(hand.state.cause).toBeNull();
  });

  it('of the candidate does not end a first deployment (F7)', () => {
    const hand = new Hand(planOf(), { active: null });
    hand.playTo('baking');
    hand.observeSlot('blue', { version: null, ready: 0 });
    hand.playTo('promoted');
  });

  it('lets no user meet the candidate before it was taken back', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    expect(hand.effect('route')?.target.weights).toEqual(weights(10));
    hand.observeSlot('green', { ready: 0 });
    expect(hand.effect('route')).toBeUndefined();
    hand.observeSlot('green');
    expect(hand.effect('route')?.target.weights).toEqual(weights(10));
  });

  it('is asked again at once', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.settle();
    const keyOf = () => effectsFor(hand.state).find(({ key }) => key.startsWith('observe-environment/web/green'))?.key;
    const before = keyOf();
    hand.observeSlot('green', { ready: 0 });
    expect(keyOf()).not.toBe(before);
  });

  it('of the candidate that is confirmed goes back at once, and one that was taken back counts anew', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.settle();
    for (const ready of [0, 2, 0, 2]) hand.observeSlot('green', { ready });
    expect(hand.state.phase).toBe('baking');
    hand.twice(() => hand.observeSlot('green', { ready: 0 }));
    expect(hand.state).toMatchObject({ phase: 'rolling-back', cause: { code: 'candidate-unfit' } });
  });

  it('of the router starts nothing and ends nothing (F7)', () => {
    const hand = new Hand();
    hand.observeRouting({ routing: { kind: 'foreign', summary: 'odd' }, revision: 'odd' });
    expect(hand.state).toMatchObject({ phase: 'preparing', stuck: null });
    hand.playTo('promoted');
  });

  it('of an owner that is gone has to be confirmed by two of the next', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.observeSlot('green', { ready: 0 });
    hand.takeOver();
    hand.observeSlot('green', { ready: 0 });
    expect(hand.state.phase).toBe('baking');
    hand.observeSlot('green', { ready: 0 });
    expect(hand.state.phase).toBe('rolling-back');
  });
});
