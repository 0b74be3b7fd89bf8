import { weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const foreign = { routing: { kind: 'foreign', summary: 'a redirect to elsewhere' }, revision: 'foreign' } as const;

const smoked = policyOf({
  verify: { gates: [checkGate('verify/smoke')] },
  bake: { forMs: 300_000, gates: [checkGate('bake/smoke')] },
});

/** A first deploy whose candidate serves everybody already. */
function shifted(hand: Hand): Hand {
  hand.playTo('baking');
  hand.settle();
  expect(hand.target?.weights).toEqual({ blue: 100, green: 0 });
  return hand;
}

/** The candidate of a first deploy, blue, dies. */
function die(hand: Hand): void {
  hand.ready.blue = 0;
  hand.twice(() => hand.observeSlot('blue'));
}

describe('rule 9: first deploy', () => {
  it('goes to 100 in one step where nothing is routed and nothing runs', () => {
    const hand = new Hand(planOf(smoked), { active: null });
    const shown: unknown[] = [];
    for (const phase of ['verifying', 'shifting', 'baking', 'retiring', 'promoted'] as const) {
      hand.playTo(phase);
      shown.push(hand.target?.weights ?? null);
      expect(hand.state.step).toBe(0);
    }
    const all = { blue: 100, green: 0 };
    expect(shown).toEqual([null, null, all, all, all]);
    const routed = hand.facts.flatMap((fact) =>
      fact.type === 'effect-started' && fact.write.kind === 'route' ? [fact.write.target.weights] : [],
    );
    expect(new Set(routed.map(({ blue }) => blue))).toEqual(new Set([100]));
    expect(hand.state.services.web?.roles).toEqual({ active: null, candidate: 'blue' });
    expect(hand.version).toEqual({ blue: 'v2', green: null });
  });

  it.each(['blue', 'green'] as const)('guesses nothing where nothing is routed but %s runs', (slot) => {
    const hand = new Hand(planOf(), { active: null });
    hand.version[slot] = 'v1';
    hand.settle();
    expect(hand.state.stuck).toMatchObject({ code: 'release/routing-missing', from: 'preparing' });
    expect([hand.state.phase, hand.state.services.web?.roles]).toEqual(['stuck', null]);
    expect(hand.facts.filter(({ type }) => type === 'effect-started')).toEqual([]);
  });

  it('decides nothing before both slots were read', () => {
    const hand = new Hand(planOf(), { active: null });
    hand.observeRouting();
    hand.observeSlot('blue');
    expect([hand.state.phase, hand.state.services.web?.roles]).toEqual(['preparing', null]);
    hand.observeSlot('green');
    expect(hand.state.services.web?.roles).toEqual({ active: null, candidate: 'blue' });
  });

  it('stops at foreign and at split routing', () => {
    const odd = new Hand();
    odd.twice(() => odd.observeRouting(foreign));
    expect(odd.state.stuck).toMatchObject({ code: 'release/routing-foreign', from: 'preparing' });
    expect(odd.state.stuck?.message).toContain('a redirect to elsewhere');
    const split = new Hand();
    split.edit(50);
    split.twice(() => split.observeRouting());
    expect(split.state.stuck).toMatchObject({ code: 'release/routing-split', from: 'preparing' });
  });

  it('starts anew on a retry once somebody repaired the routing', () => {
    for (const breakIt of [
      (hand: Hand) => hand.twice(() => hand.observeRouting(foreign)),
      (hand: Hand) => {
        hand.edit(50);
        hand.twice(() => hand.observeRouting());
      },
    ]) {
      const hand = new Hand();
      breakIt(hand);
      hand.edit(0);
      expect(hand.command('retry-requested')).toBeNull();
      hand.playTo('promoted');
      expect(hand.target?.weights).toEqual(weights(100));
    }
  });

  it('goes back while nothing was routed, and is stuck when it fails after the shift', () => {
    const early = new Hand(planOf(smoked), { active: null });
    early.playTo('verifying');
    expect(early.command('rollback-requested')).toBeNull();
    early.playTo('rolled-back');
    expect(early.target).toBeNull();

    const late = shifted(new Hand(planOf(), { active: null }));
    expect(late.command('rollback-requested')).toBe('release/nothing-to-return-to');
    die(late);
    expect(late.state.stuck).toMatchObject({ code: 'release/first-deploy-failed', from: 'baking' });
    expect(late.state.stuck?.message).toContain(late.state.cause!.message);
    expect(late.target?.weights).toEqual({ blue: 100, green: 0 });
  });

  it('keeps code and from while it is stuck, whatever is read or passes', () => {
    const hand = shifted(new Hand(planOf(), { active: null }));
    die(hand);
    const { stuck } = hand.state;
    expect(stuck).not.toBeNull();
    hand.observeRouting();
    hand.ready.blue = 2;
    hand.observeSlot('blue');
    hand.wait(86_400_000);
    hand.takeOver(3_600_000);
    expect([hand.state.phase, hand.state.stuck]).toEqual(['stuck', stuck]);
  });

  it('goes forward again on a retry, with new attempts at every gate (S25)', () => {
    const hand = shifted(new Hand(planOf(smoked), { active: null }));
    die(hand);
    hand.ready.blue = 2;
    expect(hand.command('retry-requested')).toBeNull();
    expect(hand.state).toMatchObject({ phase: 'preparing', stuck: null, cause: null });
    hand.playTo('verifying');
    for (const phase of ['verifying', 'baking'] as const) {
      hand.playTo(phase);
      hand.settle(() => hand.effect('judge') !== undefined);
      expect(hand.effect('judge')?.attempt).toBe(2);
    }
    hand.playTo('promoted');
    expect(hand.state.gates['verify/smoke']).toMatchObject({ attempt: 2, verdict: 'pass' });
    expect(hand.target?.weights).toEqual({ blue: 100, green: 0 });
  });

  it('is stuck again, with the new reason, when the retry fails too', () => {
    const hand = shifted(new Hand(planOf(), { active: null }));
    die(hand);
    hand.ready.blue = 2;
    hand.command('retry-requested');
    shifted(hand);
    die(hand);
    expect(hand.state.stuck).toMatchObject({ code: 'release/first-deploy-failed', from: 'baking' });
    expect(hand.state.cause?.at).toBe(hand.at);
  });
});
