import { describe, expect, it } from 'vitest';
import { analysisGate, approvalGate, checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const hour = 3_600_000;
const short = { ...policyOf().limits, totalMs: 2 * hour, decideMs: 600_000 };
const judged = policyOf({ verify: { gates: [checkGate('verify/smoke')] }, limits: short });

/** Reads the router and both slots, once. */
function look(hand: Hand): void {
  hand.observeRouting();
  for (const slot of ['blue', 'green'] as const) hand.observeSlot(slot);
}

describe('time that does not count', () => {
  it.each(['preparing', 'verifying'] as const)('lets no limit of %s run out while a person paused it', (phase) => {
    const hand = new Hand(planOf(judged));
    hand.playTo(phase);
    hand.settle(() => (phase === 'preparing' ? hand.routing.shownAt !== null : 'verify/smoke' in hand.state.gates));
    hand.command('pause-requested');
    hand.wait(48 * hour);
    expect(hand.state).toMatchObject({ phase, cause: null });
    hand.command('resume-requested');
    expect(hand.state).toMatchObject({ phase, cause: null });
    hand.wait(599_999);
    expect(hand.state.cause).toBeNull();
    hand.wait(1);
    expect(hand.state.cause?.code).toBe(phase === 'preparing' ? 'never-ready' : 'gate-undecided');
  });

  it.each(['paused', 'drifted', 'neither'] as const)('counts an absence once: %s (S59)', (held) => {
    const hand = new Hand(planOf(policyOf({ limits: short })));
    hand.playTo('baking');
    const { until } = hand.state.total;
    if (held === 'paused') hand.command('pause-requested');
    const { target, fence } = hand;
    if (held === 'drifted') {
      hand.edit(30);
      hand.observeRouting();
    }
    hand.takeOver(hour);
    Object.assign(hand, { target, fence });
    look(hand);
    if (held === 'paused') hand.command('resume-requested');
    hand.settle();
    expect(hand.state.heldSince).toBeNull();
    expect(hand.state.total).toEqual({ until: until + hour, stoppedSince: null });
  });

  it('extends a bake by an absence once, also when its routing was lost before', () => {
    const hand = new Hand();
    hand.playTo('baking');
    const { until } = hand.state.watch!;
    hand.failRead();
    hand.wait(10_000);
    hand.takeOver(hour);
    hand.settle();
    expect(hand.state.watch).toMatchObject({ until: until + 10_000 + hour, lostAt: null });
  });

  it.each(['router', 'candidate'] as const)('does not end a bake while the %s can not be read (F17)', (what) => {
    const hand = new Hand(planOf(policyOf({ bake: { forMs: 60_000, gates: [] } })));
    hand.playTo('baking');
    hand.settle();
    hand.wait(30_000);
    hand.failRead(what === 'router' ? null : 'green');
    hand.wait(60_000);
    expect(hand.state.phase).toBe('baking');
    look(hand);
    expect(hand.state.phase).toBe(what === 'router' ? 'baking' : 'retiring');
    hand.playTo('promoted');
  });

  it('does not end a bake whose candidate is too small, and goes back when it stays so (S1)', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.wait(100_000);
    hand.observeSlot('green', { ready: 1 });
    hand.wait(200_000);
    expect(hand.state.phase).toBe('baking');
    hand.wait(100_000);
    expect(hand.state.cause?.code).toBe('candidate-unfit');
  });

  it('gives a release that was stuck for long a whole new time', () => {
    const hand = new Hand(planOf(policyOf({ limits: short })), { active: null });
    hand.playTo('baking');
    hand.twice(() => hand.observeSlot('blue', { ready: 0 }));
    expect(hand.state.phase).toBe('stuck');
    hand.at += 72 * hour;
    expect(hand.command('retry-requested')).toBeNull();
    expect(hand.state).toMatchObject({ phase: 'preparing', cause: null });
    hand.observeSlot('blue');
    hand.playTo('promoted');
  });

  it('closes every gate that fails at the same instant, and stops the total at that instant', () => {
    const pausing = (id: string) => ({ ...analysisGate(id), onFailure: 'pause' as const });
    const gates = [pausing('bake/errors'), pausing('bake/latency')];
    const hand = new Hand(planOf(policyOf({ bake: { forMs: 60_000, gates }, limits: short })));
    hand.playTo('baking');
    hand.wait(60_000 + short.decideMs);
    expect(hand.state.paused?.by).toBe('policy');
    expect(Object.values(hand.state.gates).map(({ closed }) => closed)).toEqual(['cancelled', 'cancelled']);
    expect(hand.state.total.stoppedSince).toBe(hand.at);
  });

  it('waits with the total for an approval, and the approval for nothing', () => {
    const policy = policyOf({ verify: { gates: [approvalGate('verify/go-live')] }, limits: short });
    const hand = new Hand(planOf(policy));
    hand.playTo('verifying');
    hand.settle();
    expect(hand.state.total.stoppedSince).toBe(hand.at);
    hand.takeOver(600_000);
    expect(hand.state.cause?.code).toBe('approval-expired');
  });
});
