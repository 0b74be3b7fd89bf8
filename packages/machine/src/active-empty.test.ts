import { everythingTo } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { Hand } from './release.fixture.js';

/** Somebody sent all users to green, where nothing runs; v1 runs in blue. */
function misrouted(): Hand {
  const hand = new Hand();
  hand.target = everythingTo('green', { cohort: { kind: 'sticky' } });
  return hand;
}

describe('a release that finds users sent to an empty slot', () => {
  it('is stuck before it deploys over the version that runs', () => {
    const hand = misrouted();
    hand.playTo('stuck');
    expect(hand.state.stuck).toMatchObject({ code: 'release/active-empty', from: 'preparing' });
    expect(hand.version).toEqual({ blue: 'v1', green: null });
    expect(hand.facts.some((fact) => fact.type === 'effect-started' && fact.write.kind === 'converge')).toBe(false);
  });

  it('reads anew who serves when it is retried', () => {
    const hand = misrouted();
    hand.playTo('stuck');
    hand.target = everythingTo('blue', { cohort: { kind: 'sticky' } });
    expect(hand.command('retry-requested')).toBe(null);
    hand.playTo('promoted');
    expect(hand.target?.weights).toEqual({ blue: 0, green: 100 });
    expect(hand.version).toEqual({ blue: null, green: 'v2' });
  });

  it('goes on where something is routed and nothing runs at all', () => {
    const hand = new Hand();
    hand.version = { blue: null, green: null };
    hand.playTo('promoted');
    expect(hand.version.green).toBe('v2');
  });
});
