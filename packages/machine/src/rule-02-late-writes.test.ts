import { environmentCapabilities, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import type { Effect } from './index.js';
import { capable, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

/** A router that refuses no older write by itself: what hangs may still land. */
const checked = { ...capable, fencing: 'checked' as const };
const clearing = policyOf({ retire: { after: 3_600_000, candidate: 'retire', drainMs: 1_000 } });

/** A forward write that nobody knows the end of, and the rollback that came after it was read. */
function rolledBackOver(hand: Hand): Effect {
  hand.playTo('shifting');
  const write = hand.begin('route');
  hand.refuse(write, 'read-back');
  expect(hand.command('rollback-requested')).toBeNull();
  hand.settle();
  expect(hand.target?.weights).toEqual(weights(0));
  return write;
}

describe('rule 2: late writes', () => {
  it('keeps an aborted write unresolved until lateWriteMs, and reads again then', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    const write = hand.begin('route');
    hand.wait(3_000);
    hand.refuse(write, 'read-back');
    hand.observeRouting();
    hand.wait(9_999);
    expect(hand.routing.writes).toMatchObject([{ key: write.key, status: 'unresolved', until: hand.at + 1 }]);
    expect(hand.routing.fresh).toBe(true);
    hand.wait(1);
    expect(hand.routing.writes).toMatchObject([{ key: write.key, status: 'unresolved', until: null }]);
    expect(hand.routing.fresh).toBe(false);
    hand.observeRouting();
    expect(hand.routing.writes).toEqual([]);
    expect(hand.routing.fresh).toBe(true);
  });

  it.each(['enforced', 'none'] as const)(
    'takes for its own what landed before the bound and is first read after it: fencing %s',
    (fencing) => {
      const hand = new Hand(planOf(policyOf(), { ...capable, fencing }));
      hand.playTo('shifting');
      const write = hand.begin('route');
      hand.takeOver(4_000);
      hand.wait(10_000);
      hand.land(write);
      hand.observeRouting();
      hand.wait(10_000);
      hand.observeRouting();
      expect(hand.routing.drifted).toBeNull();
      expect(hand.routing.writes).toEqual([]);
    },
  );

  it.each(['running', 'accepted'] as const)('counts lateWriteMs from the takeover for a write left %s', (status) => {
    const hand = new Hand();
    hand.playTo('shifting');
    const write = hand.begin('route');
    if (status === 'accepted') hand.accept(write);
    hand.takeOver(4_000);
    expect(hand.routing.writes).toMatchObject([{ key: write.key, status: 'unresolved', until: hand.at + 10_000 }]);
  });

  it('forgets a write that was refused for sure', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    hand.refuse(hand.begin('route'), 'recompute');
    expect(hand.routing.writes).toEqual([]);
  });

  it.each(['keep', 'retire'] as const)('does not end a rollback before (candidate: %s)', (candidate) => {
    const policy = policyOf({ retire: { ...clearing.retire, candidate } });
    const hand = new Hand(planOf(policy, checked));
    rolledBackOver(hand);
    hand.wait(9_999);
    hand.settle();
    expect([hand.state.phase, hand.version.green]).toEqual(['rolling-back', 'v2']);
    expect(hand.effect('converge')).toBeUndefined();
    hand.wait(1);
    hand.settle();
    expect([hand.state.phase, hand.version.green]).toEqual(['rolled-back', candidate === 'keep' ? 'v2' : null]);
  });

  it('retires the old slot only after it', () => {
    const hand = new Hand(planOf(policyOf({ retire: { ...clearing.retire, after: 0 } }), checked));
    hand.playTo('retiring');
    const write = hand.begin('route');
    hand.refuse(write, 'read-back');
    const until = hand.at + 10_000;
    hand.observeRouting();
    hand.wait(hand.effect('route')!.notBefore - hand.at);
    hand.settle();
    expect(hand.target?.fallback).toBe('green');
    hand.wait(until - 1 - hand.at);
    hand.settle();
    expect(hand.version.blue).toBe('v1');
    hand.wait(1);
    hand.settle();
    expect([hand.state.phase, hand.version.blue]).toEqual(['promoted', null]);
  });

  it('waits for nothing where the router itself refuses what is older', () => {
    const hand = new Hand(planOf(clearing));
    rolledBackOver(hand);
    expect([hand.state.phase, hand.version.green]).toEqual(['rolled-back', null]);
  });

  it('takes a late landing for its own, and asserts the target again', () => {
    const hand = new Hand(planOf(clearing, checked));
    const write = rolledBackOver(hand);
    hand.wait(5_000);
    hand.land(write);
    hand.observeRouting();
    expect(hand.routing).toMatchObject({ drifted: null, suspect: null, staleSince: null, shownAt: null });
    expect(hand.effect('route')).toMatchObject({
      target: { weights: weights(0) },
      expected: { revision: hand.observation().revision },
    });
    hand.playTo('rolled-back');
    expect([hand.target?.weights, hand.version.green]).toEqual([weights(0), null]);
  });

  it('drops a hung forward write in the rollback, which follows at once', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    const write = hand.begin('route');
    expect(hand.effect('route')?.key).toBe(write.key);
    hand.command('rollback-requested');
    expect(hand.effect('route')).toBeUndefined();
    hand.refuse(write, 'read-back');
    hand.observeRouting();
    hand.answer();
    const rollback = hand.effect('route')!;
    expect(rollback.target.weights).toEqual(weights(0));
    expect(rollback.notBefore).toBeLessThanOrEqual(hand.at);
  });

  it('holds the end for a deployment that may still happen', () => {
    const plan = planOf();
    const web = plan.services.web!;
    const capabilities = environmentCapabilities({ fencing: 'enforced', lateWriteMs: 20_000 });
    const environment = { ...web.environment, capabilities };
    const hand = new Hand({ ...plan, services: { web: { ...web, environment } } });
    hand.settle(() => hand.effect('converge') !== undefined);
    hand.refuse(hand.begin('converge'), 'read-back');
    hand.command('rollback-requested');
    hand.settle();
    hand.wait(19_999);
    hand.settle();
    expect(hand.state.phase).toBe('rolling-back');
    hand.wait(1);
    hand.settle();
    expect(hand.state.phase).toBe('rolled-back');
  });
});
