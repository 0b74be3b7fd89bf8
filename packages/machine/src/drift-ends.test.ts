import { everythingTo, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { announce } from './announce.js';
import type { Announcement, Fact } from './events.js';
import { explain } from './explain.js';
import { nextState } from './next-state.js';
import { capable, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';
import type { ReleaseState } from './state.js';

const hour = 3_600_000;

/** Everything that was said about these facts. */
function saidOf(facts: readonly Fact[]): readonly Announcement[] {
  let state: ReleaseState | null = null;
  const said: Announcement[] = [];
  for (const fact of facts) {
    const next: ReleaseState = nextState(state, fact);
    said.push(...announce(state, next, fact));
    state = next;
  }
  return said;
}

describe('a drift that goes away by itself', () => {
  it('is announced and explained', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.settle();
    const { target, fence } = hand;
    hand.wait(1_000);
    hand.edit(40);
    hand.observeRouting();
    const since = hand.at;
    hand.wait(20_000);
    [hand.target, hand.fence] = [target, fence];
    hand.observeRouting();
    expect(hand.isDrifted).toBe(false);
    expect(saidOf(hand.facts).at(-1)).toEqual({ type: 'routing-restored', at: hand.at, service: 'web', since });
    expect(explain(hand.state).sentence).toMatch(/From .* to .* the router of web held something else .*40/);
    hand.playTo('retiring');
    expect(explain(hand.state).sentence).not.toContain('held something else');
  });

  it('is not said of one that a person went over', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.edit(40);
    hand.observeRouting();
    hand.command('resume-requested');
    hand.playTo('promoted');
    expect(saidOf(hand.facts).filter(({ type }) => type === 'routing-restored')).toEqual([]);
  });
});

describe('the retention of the old slot', () => {
  /** Promoted, and then somebody sends everybody back to blue. */
  function takenBack(): Hand {
    const hand = new Hand(planOf(policyOf(), { ...capable, propagationMs: 0 }));
    hand.playTo('retiring');
    hand.settle();
    hand.wait(hour / 2);
    hand.edit(0);
    hand.observeRouting();
    expect([hand.state.phase, hand.isDrifted]).toEqual(['retiring', true]);
    return hand;
  }

  it('counts from when it last had traffic (S15)', () => {
    const hand = takenBack();
    const { promotedAt } = hand.state;
    hand.wait(hour / 4);
    hand.command('resume-requested');
    hand.settle();
    const since = hand.at;
    expect(hand.target?.weights).toEqual(weights(100));
    expect(hand.state.services.web).toMatchObject({ retainedSince: since });
    expect(saidOf(hand.facts)).toContainEqual({
      type: 'retention-extended',
      at: since,
      service: 'web',
      retainUntil: since + hour,
    });
    expect(promotedAt).toBe(since - hour / 2 - hour / 4);
    hand.playTo('promoted');
    expect(hand.at).toBe(since + hour);
  });

  it('does not end while the slot has traffic, however long', () => {
    const hand = takenBack();
    hand.wait(hour * 5);
    hand.observeRouting();
    expect(hand.effect('converge')).toBeUndefined();
    expect(hand.state.services.web?.retainedSince).toBeNull();
  });

  it('does not count what nobody can tell: our place is gone', () => {
    const hand = new Hand();
    hand.playTo('retiring');
    hand.settle();
    hand.observeRouting({ routing: { kind: 'foreign', summary: 'gone' }, revision: 'gone' });
    hand.wait(hour * 2);
    hand.observeRouting();
    expect(hand.state.services.web?.retainedSince).toBe(hand.at);
    expect(hand.state.phase).toBe('retiring');
  });

  it('is not begun anew by a recovery, or by an edit that leaves the slot alone', () => {
    const hand = new Hand();
    hand.playTo('retiring');
    hand.settle();
    const { promotedAt } = hand.state;
    hand.takeOver(60_000);
    hand.settle();
    hand.target = everythingTo('green', { cohort: { kind: 'sticky' }, preview: 'blue' });
    hand.fence = undefined;
    hand.observeRouting();
    expect(hand.isDrifted).toBe(true);
    expect(hand.state.services.web?.retainedSince).toBe(promotedAt);
  });
});
