import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announce } from './announce.js';
import type { Announcement, Fact } from './events.js';
import { fold } from './fold.js';
import { configuredRules, enterPhase, runAction } from './phase-machine.js';
import { checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';
import { guards } from './rules.js';
import type { Phase, ReleaseState } from './state.js';
import { Walk } from './walk.fixture.js';
import { plans, tapes } from './walk-plans.fixture.js';
import { isEnd } from './wanted-effects.js';

type Said<T extends Announcement['type']> = Extract<Announcement, { readonly type: T }>;

/** Plays a walk to its end and gives back everything that was said, each with the decision it was said about. */
function listen(walk: Walk): { readonly said: readonly Announcement[]; readonly entered: readonly Phase[] } {
  const said: Announcement[] = [];
  const entered: Phase[] = [];
  walk.onFact = (before, fact, after) => {
    entered.push(...entries(before, fact));
    said.push(...announce(before, after, fact));
  };
  while (walk.goesOn && !isEnd(walk.state)) walk.step();
  walk.heal();
  return { said, entered };
}

/** The phases that one fact leads through, taken from the rules themselves. */
function entries(before: ReleaseState, fact: Fact): readonly Phase[] {
  const phases: Phase[] = [];
  let state = fold(before, fact);
  for (;;) {
    const rule = configuredRules[state.phase].find(({ guard }) => guards[guard](state, fact.at));
    if (rule === undefined) return phases;
    for (const action of rule.actions) state = runAction(state, action, fact.at);
    if (rule.target === undefined) continue;
    state = enterPhase(state, rule.target, fact.at);
    phases.push(rule.target);
  }
}

function only<T extends Announcement['type']>(said: readonly Announcement[], type: T): readonly Said<T>[] {
  return said.filter((each): each is Said<T> => each.type === type);
}

/** What was said about gates, one text per attempt: `o` opened, `s` settled. */
function gateStories(said: readonly Announcement[]): Readonly<Record<string, string>> {
  const stories: Record<string, string> = {};
  for (const each of said) {
    if (each.type !== 'gate-opened' && each.type !== 'gate-settled') continue;
    const key = `${each.gate} ${each.attempt}`;
    stories[key] = `${stories[key] ?? ''}${each.type === 'gate-opened' ? 'o' : 's'}`;
  }
  return stories;
}

describe('announcements', () => {
  it.each(plans)('say each phase, gate and end once, in order: %s', { timeout: 60_000 }, (_, plan, active) => {
    const property = fc.property(tapes, (tape) => {
      const walk = new Walk(plan, active, tape);
      const { said, entered } = listen(walk);
      const phases = only(said, 'phase-entered');
      expect(phases.map(({ phase }) => phase)).toEqual(entered);
      for (const [index, { from }] of phases.entries()) expect(from).toBe(phases[index - 1]?.phase ?? 'preparing');
      expect(new Set(Object.values(gateStories(said)))).toEqual(
        new Set(Object.keys(gateStories(said)).length > 0 ? ['os'] : []),
      );
      expect(said.at(-1)).toMatchObject({ type: 'release-finished', end: walk.state.phase });
      const ends = entered.filter((phase) => phase === 'promoted' || phase === 'rolled-back' || phase === 'stuck');
      expect(only(said, 'release-finished').map(({ end }) => end)).toEqual(ends);
      expect(only(said, 'release-promoted').length).toBe(
        entered.filter((phase) => phase === 'retiring').length > 0 ? 1 : 0,
      );
      const backs = only(said, 'rollback-begun').length;
      expect(backs > 0).toBe(entered.includes('rolling-back'));
      expect(only(said, 'teardown-begun').length).toBeLessThanOrEqual(1);
      expect(said.every((each, index) => each.at >= (said[index - 1]?.at ?? 0))).toBe(true);
    });
    fc.assert(property, { numRuns: 15, endOnFailure: true });
  });

  it('say nothing about a decision that changed nothing', () => {
    const { state, at } = new Hand();
    expect(announce(state, state, { type: 'time-passed', at })).toEqual([]);
  });

  it('tell a rollback that has nothing to do from its begin to its end', () => {
    const hand = new Hand();
    hand.settle(() => hand.routing.shownAt !== null);
    const before = hand.state;
    hand.command('rollback-requested');
    const said = announce(before, hand.state, hand.facts.at(-1)!);
    expect(said.map((each) => (each.type === 'phase-entered' ? each.phase : each.type))).toEqual([
      'rollback-begun',
      'rolling-back',
      'rolled-back',
      'traffic-returned',
      'release-rolled-back',
      'release-finished',
    ]);
  });

  it('tell of a gate that opens and is over in the same decision', () => {
    const bake = { forMs: 0, gates: [{ ...checkGate('bake/smoke'), dryRun: true }] };
    const hand = new Hand(planOf(policyOf({ bake })));
    hand.playTo('shifting');
    const said: Announcement[] = [];
    const tell = hand.tell.bind(hand);
    hand.tell = (fact) => {
      const before = hand.state;
      const after = tell(fact);
      said.push(...announce(before, after, hand.facts.at(-1)!));
      return after;
    };
    hand.playTo('retiring');
    expect(gateStories(said)).toEqual({ 'bake/smoke 1': 'os' });
    expect(only(said, 'phase-entered').map(({ phase }) => phase)).toEqual(['baking', 'retiring']);
  });
});
