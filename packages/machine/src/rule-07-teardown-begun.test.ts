import { weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { announce, effectsFor, nextState, type ReleaseEvent, type ReleaseState } from './index.js';
import { planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const phases = ['preparing', 'verifying', 'shifting', 'baking', 'retiring'] as const;

/** The journal of a release: every fact that changed something, with what was said about it. */
function journalOf({ facts }: Hand): ReleaseEvent[] {
  const events: ReleaseEvent[] = [];
  let state: ReleaseState | null = null;
  for (const fact of facts) {
    const next: ReleaseState = nextState(state, fact);
    if (next !== state) events.push(fact, ...announce(state, next, fact));
    state = next;
  }
  return events;
}

function types(events: readonly ReleaseEvent[]): string[] {
  return events.map(({ type }) => type);
}

function beforeTeardown(hand = new Hand()): Hand {
  hand.playTo('retiring');
  for (let round = 0; round < 50; round++) {
    hand.settle(() => hand.effect('converge') !== undefined);
    const due = hand.effect('converge')?.notBefore;
    if (due !== undefined && due <= hand.at) return hand;
    hand.wait(due === undefined ? 1_000 : due - hand.at);
  }
  throw new Error('the old slot is never retired');
}

describe('rule 7: teardown begun', () => {
  it('is announced with the start of the retirement, before any request, and once', () => {
    const hand = beforeTeardown();
    expect(types(journalOf(hand))).not.toContain('teardown-begun');
    expect(hand.state.services.web?.teardownBegunAt).toBeNull();
    const effect = hand.begin('converge');
    expect(effect).toMatchObject({ target: { slot: 'blue', release: null } });
    expect(journalOf(hand).slice(-2)).toMatchObject([
      { type: 'effect-started', key: effect.key, write: { kind: 'converge', slot: 'blue', version: null } },
      { type: 'teardown-begun', at: hand.at, service: 'web', slot: 'blue' },
    ]);
    hand.refuse(effect, 'retry');
    hand.playTo('promoted');
    expect(types(journalOf(hand)).filter((type) => type === 'teardown-begun')).toHaveLength(1);
    expect(types(journalOf(hand)).filter((type) => type === 'slot-retired')).toHaveLength(1);
  });

  it('is watched closely, and the retention before it is not', () => {
    const hand = beforeTeardown();
    const { pollMs } = hand.state.plan.policy.limits;
    const everyMs = () =>
      effectsFor(hand.state).flatMap((effect) =>
        effect.kind === 'observe-environment' && effect.slot === 'blue' ? [effect.everyMs] : [],
      );
    expect(everyMs()).toEqual([pollMs * 5]);
    const effect = hand.begin('converge');
    expect(everyMs()).toEqual([]);
    hand.refuse(effect, 'retry');
    expect(everyMs()).toEqual([pollMs]);
    hand.observeSlot('blue');
    expect(everyMs()).toEqual([pollMs]);
  });

  it.each(phases)('accepts a rollback until then: %s', (phase) => {
    const hand = new Hand();
    hand.playTo(phase);
    expect(hand.command('rollback-requested')).toBeNull();
    expect(hand.state.cause).toMatchObject({ code: 'person-asked', from: phase });
    hand.playTo('rolled-back');
    expect([hand.target?.weights, hand.version.blue]).toEqual([weights(0), 'v1']);
    expect(types(journalOf(hand))).not.toContain('teardown-begun');
  });

  it('accepts a rollback at the last instant before, and refuses it from then on', () => {
    const last = beforeTeardown();
    expect(last.command('rollback-requested')).toBeNull();
    expect(last.state.phase).toBe('rolling-back');

    for (const end of ['running', 'accepted', 'failed', 'unknown'] as const) {
      const hand = beforeTeardown();
      const effect = hand.begin('converge');
      if (end === 'accepted') hand.accept(effect);
      if (end === 'failed') hand.refuse(effect, 'retry');
      if (end === 'unknown') hand.refuse(effect, 'read-back');
      const before = hand.state;
      expect(hand.command('rollback-requested')).toBe('release/teardown-begun');
      expect(hand.state).toBe(before);
      hand.takeOver(60_000);
      expect(hand.command('rollback-requested')).toBe('release/teardown-begun');
    }
  });

  it('promotes at the end of the bake, and names the end of retention', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.settle();
    hand.wait(hand.state.watch!.until - 1 - hand.at);
    hand.settle();
    expect([hand.state.phase, hand.state.promotedAt]).toEqual(['baking', null]);
    hand.wait(1);
    expect(hand.state).toMatchObject({ phase: 'retiring', promotedAt: hand.at });
    expect(hand.state.services.web?.outcome).toBe('promoted');
    const retainUntil = hand.at + 3_600_000;
    expect(journalOf(hand)).toContainEqual({ type: 'release-promoted', at: hand.at, retainUntil });
    hand.playTo('promoted');
    expect(hand.at).toBeGreaterThanOrEqual(retainUntil);
    const said = types(journalOf(hand));
    expect(said.filter((type) => type === 'release-promoted')).toHaveLength(1);
    expect(said.at(-1)).toBe('release-finished');
  });

  it('hands the old slot over as it is when retention is cut', () => {
    const hand = new Hand();
    hand.playTo('retiring');
    hand.settle();
    const { promotedAt } = hand.state;
    expect(hand.command('retention-cut')).toBeNull();
    hand.playTo('promoted');
    expect(hand.at).toBeLessThan(promotedAt! + 3_600_000);
    expect(hand.version).toEqual({ blue: 'v1', green: 'v2' });
    expect(types(journalOf(hand))).not.toContain('teardown-begun');
  });

  it('finishes a teardown that has begun when retention is cut', () => {
    const hand = beforeTeardown();
    const effect = hand.begin('converge');
    expect(hand.command('retention-cut')).toBeNull();
    hand.refuse(effect, 'retry');
    hand.playTo('promoted');
    expect(hand.version.blue).toBeNull();
  });

  it('amends the outcome when it goes back within retention', () => {
    const hand = new Hand();
    hand.playTo('retiring');
    hand.settle();
    hand.wait(1_800_000);
    expect(hand.state.services.web?.outcome).toBe('promoted');
    hand.command('rollback-requested');
    hand.playTo('rolled-back');
    expect(hand.state.services.web?.outcome).toBe('rolled-back');
    expect(hand.state.cause).toMatchObject({ code: 'person-asked', from: 'retiring' });
    expect(types(journalOf(hand)).filter((type) => /^release-(promoted|rolled-back)$/.test(type))).toEqual([
      'release-promoted',
      'release-rolled-back',
    ]);
  });

  it.each(['keep', 'retire'] as const)('after a rollback: %s the candidate', (candidate) => {
    const hand = new Hand(planOf(policyOf({ retire: { after: 3_600_000, candidate, drainMs: 30_000 } })));
    hand.playTo('shifting');
    hand.settle();
    hand.command('rollback-requested');
    hand.playTo('rolled-back');
    expect(hand.version).toEqual({ blue: 'v1', green: candidate === 'keep' ? 'v2' : null });
    expect(effectsFor(hand.state)).toEqual([]);
    expect(hand.state.services.web?.teardownBegunAt).toBeNull();
  });
});
