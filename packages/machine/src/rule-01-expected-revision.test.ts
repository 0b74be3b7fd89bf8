import { everythingTo, trafficCapabilities, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { effectsFor } from './index.js';
import { analysisGate, approvalGate, capable, checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const lagging = { ...capable, propagationMs: 5_000 };
const unstamped = trafficCapabilities({ ...lagging, fencing: 'none' });

describe('rule 1: expected revision', () => {
  it('names the revision just read in every write', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    hand.observeRouting();
    expect(hand.effect('route')?.expected.revision).toBe(hand.observation().revision);
  });

  it.each(['running', 'accepted', 'unresolved'] as const)('takes its own %s write for its own (S33)', (status) => {
    const hand = new Hand();
    hand.playTo('shifting');
    const write = hand.begin('route');
    if (status === 'accepted') hand.accept(write);
    if (status === 'unresolved') hand.refuse(write, 'read-back');
    const before = hand.observation().revision;
    hand.observeRouting();
    expect(hand.routing).toMatchObject({ drifted: null, suspect: null, legitimate: before });
    hand.land(write);
    hand.observeRouting();
    expect(hand.routing).toMatchObject({ drifted: null, suspect: null, settled: write.fence });
    expect(hand.routing.seen?.target?.weights).toEqual(weights(10));
  });

  it('overwrites nothing that somebody else wrote, and says so (S33)', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.edit(0);
    hand.lookOn(2_000);
    expect(hand.routing.drifted?.summary).toBe(
      'routing is blue 100 / green 0, was blue 0 / green 100, and not by this release',
    );
    hand.settle();
    expect(effectsFor(hand.state).map(({ kind }) => kind)).toEqual([
      'observe-routing',
      'observe-environment',
      'observe-environment',
    ]);
    expect(hand.state.phase).toBe('baking');
    expect(hand.target?.weights).toEqual(weights(0));
  });

  it('takes an edit that kept our stamp for drift at once', () => {
    const hand = new Hand(planOf(policyOf(), lagging));
    hand.playTo('baking');
    hand.edit(0, hand.fence);
    hand.observeRouting();
    expect(hand.isDrifted).toBe(true);
  });

  it('takes an edit under the stamp of the owner before for drift, whose own write was seen live (S33)', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.observeRouting();
    hand.edit(0, hand.fence);
    hand.takeOver(1_000);
    hand.twice(() => hand.observeRouting());
    expect(hand.isDrifted).toBe(true);
  });

  it('goes on by itself when the edit is undone', () => {
    const hand = new Hand();
    hand.playTo('baking');
    const { target, fence } = hand;
    hand.edit(0);
    hand.lookOn(2_000);
    Object.assign(hand, { target, fence });
    hand.observeRouting();
    expect(hand.isDrifted).toBe(false);
    hand.playTo('promoted');
  });

  it('resumes over the drift with the revision that it overrides', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.edit(0);
    hand.lookOn(2_000);
    const { revision } = hand.observation();
    expect(hand.command('resume-requested')).toBeNull();
    expect(hand.routing).toMatchObject({ drifted: null, legitimate: revision });
    hand.observeRouting();
    expect(hand.isDrifted).toBe(false);
    expect(hand.effect('route')?.expected).toEqual({ revision });
    hand.playTo('promoted');
  });

  it('does not resume over a later edit than the one that the person saw', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.edit(0);
    hand.lookOn(2_000);
    hand.command('resume-requested');
    hand.edit(50);
    hand.lookOn(2_000);
    expect(hand.isDrifted).toBe(true);
    expect(hand.effect('route')).toBeUndefined();
  });

  it('does not resume over a place that is gone or foreign: it stays held and says so', () => {
    const hand = new Hand();
    hand.playTo('baking');
    const gone = { routing: { kind: 'foreign', summary: 'the server block is gone' }, revision: 'gone' } as const;
    const { fence: _, ...rest } = { ...hand.observation(), ...gone };
    const read = (): unknown => hand.tell({ type: 'routing-observed', service: 'web', observation: rest });
    read();
    hand.wait(1_000);
    read();
    expect(hand.routing.drifted?.summary).toBe('the server block is gone');
    hand.command('resume-requested');
    read();
    expect(hand.effect('route')).toBeUndefined();
    hand.wait(1_000);
    read();
    expect(hand.isDrifted).toBe(true);
  });

  it('rolls back over the drift when a person asks, with the revision just read', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.edit(50);
    hand.lookOn(2_000);
    expect(hand.command('rollback-requested')).toBeNull();
    hand.answer();
    expect(hand.effect('route')?.expected).toEqual({ revision: hand.observation().revision });
    hand.playTo('rolled-back');
    expect(hand.target?.weights).toEqual(weights(0));
  });

  it('rolls back over the drift when a guardrail fails and users meet the candidate, not otherwise', () => {
    for (const percent of [50, 0]) {
      const hand = new Hand(planOf(policyOf({ guardrails: [analysisGate('guardrail/errors')] })));
      hand.playTo('baking');
      hand.edit(percent);
      hand.lookOn(2_000);
      hand.judge(hand.effect('judge')!, 'fail');
      expect(hand.state.phase).toBe(percent === 50 ? 'rolling-back' : 'baking');
      if (percent === 0) continue;
      hand.playTo('rolled-back');
      expect(hand.target?.weights).toEqual(weights(0));
    }
  });

  it('rolls back over an edit that it first reads a moment after the guardrail failed', () => {
    const hand = new Hand(planOf(policyOf({ guardrails: [analysisGate('guardrail/errors')] })));
    hand.playTo('baking');
    hand.edit(50);
    hand.judge(hand.effect('judge')!, 'fail');
    hand.lookOn(2_000);
    expect(hand.isDrifted).toBe(false);
    hand.playTo('rolled-back');
    expect(hand.target?.weights).toEqual(weights(0));
  });

  it('lets no limit run out while drifted: not the gates, the total or the readiness', () => {
    const policy = policyOf({
      verify: { gates: [checkGate('verify/smoke')] },
      limits: { ...policyOf().limits, totalMs: 3_600_000 },
    });
    for (const phase of ['preparing', 'verifying', 'shifting', 'baking'] as const) {
      const hand = new Hand(planOf(policy));
      hand.playTo(phase);
      if (phase === 'preparing') hand.settle(() => hand.routing.shownAt !== null);
      const { target, fence } = hand;
      hand.edit(30);
      hand.lookOn(2_000);
      expect(hand.isDrifted).toBe(true);
      hand.wait(2 * 86_400_000);
      hand.observeRouting();
      expect([hand.state.phase, hand.state.cause]).toEqual([phase, null]);
      Object.assign(hand, { target, fence });
      hand.observeRouting();
      expect([phase, hand.state.cause]).toEqual([phase, null]);
      hand.playTo('promoted');
    }
  });

  it('asks again for an approval that expired while drifted', () => {
    const hand = new Hand(planOf(policyOf({ verify: { gates: [approvalGate('verify/go-live')] } })));
    hand.playTo('verifying');
    hand.settle();
    hand.edit(30);
    hand.lookOn(2_000);
    hand.wait(600_000);
    expect(hand.state.cause).toBeNull();
    hand.command('resume-requested');
    expect(hand.state.gates['verify/go-live']).toMatchObject({ attempt: 2, closed: null });
  });

  it('ignores reads older than the settled fence (a stale read paused a healthy release)', () => {
    const hand = new Hand(planOf(policyOf(), lagging));
    hand.playTo('shifting');
    const old = hand.observation({ proof: 'accepted' });
    hand.playTo('baking');
    for (let read = 0; read < 3; read++) {
      hand.tell({ type: 'routing-observed', service: 'web', observation: old });
      hand.wait(1_000);
      expect(hand.isDrifted).toBe(false);
      hand.observeRouting({ proof: 'accepted' });
    }
    expect(hand.state.phase).toBe('baking');
  });

  it('takes old reads for drift once nothing else has come for as long as routers lag', () => {
    const hand = new Hand();
    hand.playTo('shifting');
    const { target, fence } = hand;
    hand.playTo('baking');
    Object.assign(hand, { target, fence });
    hand.lookOn(9_000);
    expect(hand.isDrifted).toBe(false);
    hand.lookOn(2_000);
    expect(hand.isDrifted).toBe(true);
    hand.command('resume-requested');
    hand.playTo('promoted');
  });

  it.each([
    ['a router that holds no stamp', unstamped],
    ['a read from before our first stamp', lagging],
  ])('lets drift without a stamp last propagationMs: %s', (_, traffic) => {
    const hand = new Hand(planOf(policyOf(), traffic));
    const first = hand.observation();
    hand.playTo('shifting');
    const ours = hand.observation();
    const read = (observation: typeof first): unknown =>
      hand.tell({ type: 'routing-observed', service: 'web', observation });
    const foreign = traffic.fencing === 'none' ? { ...first, revision: 'older' } : first;
    for (const observation of [foreign, foreign, ours, foreign]) {
      read(observation);
      expect(hand.isDrifted).toBe(false);
      hand.wait(4_000);
    }
    read(ours);
    hand.edit(70);
    hand.lookOn(4_000);
    expect(hand.isDrifted).toBe(false);
    hand.lookOn(1_000);
    expect(hand.isDrifted).toBe(true);
  });

  it('touches no slot while reads disagree', () => {
    const hand = new Hand(planOf(policyOf(), unstamped));
    hand.playTo('preparing');
    hand.settle(() => hand.effect('converge') !== undefined);
    hand.wait(60_000);
    hand.observeRouting();
    expect(hand.effect('converge')?.notBefore).toBeLessThanOrEqual(hand.at);
    hand.target = everythingTo('green', { cohort: { kind: 'sticky' } });
    hand.observeRouting();
    expect(hand.effect('converge')).toBeUndefined();
  });
});
