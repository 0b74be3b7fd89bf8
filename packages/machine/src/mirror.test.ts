import { pointsAt } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { announce } from './announce.js';
import { explain } from './explain.js';
import { openGates } from './gates.js';
import { subjects } from './judged-services.js';
import { nextState } from './next-state.js';
import { analysisGate, capable, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const mirroring = { ...capable, mirror: true };
const policy = policyOf({
  shift: [
    { percent: 0, mirrorPercent: 20, audiences: [], holdMs: 60_000, gates: [analysisGate('shift[0]/errors')] },
    { percent: 10, audiences: [], holdMs: 60_000, gates: [] },
    { percent: 100, audiences: [], holdMs: 0, gates: [] },
  ],
  guardrails: [analysisGate('guardrail/errors')],
  retire: { after: 3_600_000, candidate: 'retire', drainMs: 30_000 },
});

/** Requests are copied, as the router shows. */
function mirrored(): Hand {
  const hand = new Hand(planOf(policy, mirroring));
  hand.playTo('shifting');
  hand.settle(() => hand.state.watch !== null);
  return hand;
}

const open = (hand: Hand) => openGates(hand.state).map(({ gate }) => gate.id);

describe('a mirror step', () => {
  it('copies to the candidate, and every user stays where they are', () => {
    const hand = mirrored();
    expect(hand.target).toMatchObject({ weights: { blue: 100, green: 0 }, mirror: { slot: 'green', percent: 20 } });
    expect(hand.state.exposedAt).toBeNull();
    expect(explain(hand.state)).toMatchObject({
      code: 'holding',
      sentence: expect.stringContaining('At step 1 of 3 (20 % of the requests copied, no users)'),
    });
  });

  it('is judged by its own gates; guardrails look from the first users on', () => {
    const hand = mirrored();
    expect(open(hand)).toEqual(['shift[0]/errors']);
    // What is copied warms a version up, as its judges are told.
    expect(subjects(hand.state).web).toMatchObject({ exposedAt: hand.state.watch!.since, isAlone: false });
    hand.settle();
    hand.wait(60_000);
    expect(hand.state.step).toBe(1);
    expect(open(hand)).toEqual(['guardrail/errors']);
    hand.settle();
    expect(hand.target).toMatchObject({ weights: { blue: 90, green: 10 }, mirror: null });
    expect(hand.state.exposedAt).toBe(hand.at);
  });

  it('says in the journal how much is copied', () => {
    const hand = new Hand(planOf(policy, mirroring));
    const said: unknown[] = [];
    hand.decide = (state, fact) => {
      const next = nextState(state, fact);
      said.push(...announce(state, next, fact).filter(({ type }) => type === 'step-entered'));
      return next;
    };
    hand.playTo('promoted');
    expect(said).toMatchObject([{ percent: 0, mirrorPercent: 20 }, { percent: 10 }, { percent: 100 }]);
    expect(said[1]).not.toHaveProperty('mirrorPercent');
  });

  it('is off after a promotion', () => {
    const hand = mirrored();
    hand.playTo('promoted');
    expect(hand.target!.mirror).toBeNull();
  });

  it.each(['a failed gate', 'a person'] as const)('is off before the candidate goes, when %s takes it back', (why) => {
    const hand = mirrored();
    if (why === 'a person') hand.command('rollback-requested');
    else hand.judge(hand.effect('judge')!, 'fail');
    expect(hand.state.phase).toBe('rolling-back');
    let gone = false;
    hand.decide = (state, fact) => {
      gone ||= fact.type === 'effect-started' && fact.write.kind === 'converge';
      if (gone) expect(pointsAt(hand.target!, 'green')).toBe(false);
      return nextState(state, fact);
    };
    hand.playTo('rolled-back');
    expect(gone).toBe(true);
    expect(hand.target!.mirror).toBeNull();
  });

  it('goes on after a crash of its owner, and is off in the end', () => {
    const hand = mirrored();
    hand.takeOver(5_000);
    hand.observeRouting();
    hand.settle(() => hand.state.watch?.lostAt === null);
    expect(hand.target!.mirror).toEqual({ slot: 'green', percent: 20 });
    hand.playTo('promoted');
    expect(hand.target!.mirror).toBeNull();
  });

  it('that somebody else switches off has drifted', () => {
    const hand = mirrored();
    hand.target = { ...hand.target!, mirror: null };
    hand.fence = undefined;
    hand.twice(() => hand.observeRouting());
    expect(hand.isDrifted).toBe(true);
  });

  it('is left out by a first deployment, which has no users to copy', () => {
    const hand = new Hand(planOf(policy, mirroring), { active: null });
    hand.playTo('promoted');
    expect(hand.facts.some((fact) => fact.type === 'effect-started' && fact.write.kind === 'route')).toBe(true);
    for (const fact of hand.facts) {
      if (fact.type === 'effect-started' && fact.write.kind === 'route') expect(fact.write.target.mirror).toBeNull();
    }
  });
});
