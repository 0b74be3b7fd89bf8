import { describe, expect, it } from 'vitest';
import { capable, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

describe('a drain', () => {
  it.each(['counted', 'bounded', 'unknown'] as const)('is over only after routers stopped sending: %s', (kind) => {
    const hand = new Hand(planOf(policyOf(), { ...capable, propagationMs: 20_000 }));
    hand.version.green = 'v0';
    const drain = kind === 'counted' ? { kind, open: 0 } : { kind: 'bounded' as const, atMostMs: 7_000 };
    const both = kind === 'unknown' ? undefined : { blue: drain, green: drain };
    const read = () => {
      const { drain: _, ...rest } = hand.observation({ proof: 'accepted' });
      hand.tell({
        type: 'routing-observed',
        service: 'web',
        observation: both === undefined ? rest : { ...rest, drain: both },
      });
    };
    read();
    const overAt = hand.at + 20_000 + { counted: 0, bounded: 7_000, unknown: 30_000 }[kind];
    expect(hand.routing.drainedAt.green).toBe(overAt);
    hand.wait(1_000);
    read();
    expect(hand.routing.drainedAt.green).toBe(overAt);
  });

  it('is counted again by a new owner', () => {
    const hand = new Hand();
    hand.observeRouting();
    hand.takeOver(1_000);
    expect(hand.routing.drainedAt.green).toBeNull();
    hand.observeRouting();
    expect(hand.routing.drainedAt.green).toBe(hand.at);
  });
});
