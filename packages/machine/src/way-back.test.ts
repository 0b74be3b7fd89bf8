import { environmentCapabilities, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { effectsFor } from './index.js';
import { analysisGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const watched = policyOf({ guardrails: [analysisGate('guardrail/errors')] });
const settleMs = policyOf().limits.settleMs;

/** In the second step, whose write has begun. */
function midway(): { readonly hand: Hand; readonly forward: ReturnType<Hand['begin']> } {
  const hand = new Hand(planOf(watched));
  hand.playTo('shifting');
  const step = hand.begin('route');
  hand.land(step);
  hand.accept(step);
  hand.observeRouting();
  hand.wait(60_000);
  hand.settle(() => hand.effect('route') !== undefined);
  return { hand, forward: hand.begin('route') };
}

describe('the way back', () => {
  it('does not wait for a forward write that was accepted and is not seen (S27)', () => {
    const { hand, forward } = midway();
    hand.accept(forward);
    hand.judge(hand.effect('judge')!, 'fail');
    hand.observeRouting();
    hand.answer();
    expect(hand.effect('route')).toMatchObject({ notBefore: 0, target: { weights: weights(0) } });
  });

  it('does not wait because a forward write was given up (S27)', () => {
    const { hand, forward } = midway();
    hand.judge(hand.effect('judge')!, 'fail');
    hand.refuse(forward, 'read-back', 'no longer wanted');
    hand.observeRouting();
    hand.answer();
    expect(hand.effect('route')).toMatchObject({ notBefore: 0, target: { weights: weights(0) } });
  });

  it('is not given up because a forward write was refused for good (S27)', () => {
    const { hand, forward } = midway();
    hand.judge(hand.effect('judge')!, 'fail');
    hand.refuse(forward, 'permanent', 'quota exceeded');
    expect(hand.state.phase).toBe('rolling-back');
    hand.playTo('rolled-back');
  });

  it('gives up a deployment that nobody wants any more (S28)', () => {
    const hand = new Hand();
    hand.settle(() => hand.effect('converge') !== undefined);
    const deployment = hand.begin('converge');
    hand.command('rollback-requested');
    expect(hand.state.phase).toBe('rolling-back');
    expect(effectsFor(hand.state).map(({ key }) => key)).not.toContain(deployment.key);
    hand.refuse(deployment, 'read-back');
    hand.playTo('rolled-back');
  });

  it('has patience with a router that can not be read, more than the way forward (L2)', () => {
    const hand = new Hand(planOf(watched));
    hand.playTo('baking');
    hand.failRead();
    hand.wait(settleMs);
    expect(hand.state).toMatchObject({ phase: 'rolling-back', cause: { code: 'write-failed' } });
    hand.failRead();
    hand.wait(settleMs * 4 - 1);
    expect(hand.state.phase).toBe('rolling-back');
    hand.playTo('rolled-back');
    expect(hand.target?.weights).toEqual(weights(0));
  });

  it('is stuck, and says so, when the router can not be read at all', () => {
    const hand = new Hand(planOf(watched));
    hand.playTo('baking');
    hand.command('rollback-requested');
    hand.failRead();
    hand.wait(settleMs * 4);
    expect(hand.state.stuck).toMatchObject({ code: 'release/rollback-failed', from: 'rolling-back' });
  });

  it('is tried anew by a rollback of a stuck release, as by a retry', () => {
    for (const command of ['rollback-requested', 'retry-requested'] as const) {
      const hand = new Hand(planOf(watched));
      hand.playTo('baking');
      hand.command('rollback-requested');
      hand.failRead();
      hand.wait(settleMs * 4);
      hand.at += 86_400_000;
      expect(hand.command(command)).toBeNull();
      expect(hand.state.phase).toBe('rolling-back');
      hand.playTo('rolled-back');
    }
  });

  it('clears no slot to which this release never deployed', () => {
    const hand = new Hand(planOf(policyOf({ retire: { after: 0, candidate: 'retire', drainMs: 1_000 } })));
    hand.version.green = 'v0';
    hand.settle(() => hand.routing.seen !== null);
    hand.command('rollback-requested');
    hand.playTo('rolled-back');
    expect(hand.version.green).toBe('v0');
  });

  it('ends only when a deployment of unknown outcome can no longer happen, and was looked for then (rule 2)', () => {
    const plan = planOf(policyOf({ retire: { after: 0, candidate: 'retire', drainMs: 0 } }));
    const web = plan.services.web!;
    const environment = { ...web.environment, capabilities: environmentCapabilities({ lateWriteMs: 30_000 }) };
    const hand = new Hand({ ...plan, services: { web: { ...web, environment } } });
    hand.settle(() => hand.effect('converge') !== undefined);
    const deployment = hand.begin('converge');
    hand.command('rollback-requested');
    hand.refuse(deployment, 'read-back');
    hand.observeSlot('green');
    hand.observeRouting();
    hand.wait(29_999);
    hand.observeSlot('green');
    expect(hand.state.phase).toBe('rolling-back');
    hand.land(deployment);
    hand.playTo('rolled-back');
    expect(hand.version.green).toBeNull();
  });
});
