import {
  type Drain,
  everythingTo,
  type Routing,
  type TrafficObservation,
  type TrafficTarget,
} from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { capable, checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

type Patch = Partial<TrafficObservation>;

const prompt = policyOf({ retire: { after: 0, candidate: 'keep', drainMs: 30_000 } });

function restarting(target: TrafficTarget): Routing {
  return { kind: 'split', target };
}

/** Reads the router and both slots; `unknown` drops what it says about drains. */
function look(hand: Hand, patch: Patch | 'unknown'): void {
  if (patch === 'unknown') {
    const { drain: _, ...observation } = hand.observation();
    hand.tell({ type: 'routing-observed', service: 'web', observation });
  } else {
    hand.observeRouting(patch);
  }
  hand.observeSlot('blue');
  hand.observeSlot('green');
}

/** Writes the goal of this phase, with `patch` in every read of the router. */
function reach(hand: Hand, patch: Patch | 'unknown'): void {
  look(hand, patch);
  const write = hand.begin('route');
  hand.land(write);
  hand.accept(write);
  look(hand, patch);
  expect(hand.routing.shownAt).toBe(hand.at);
}

/** A release that shall deploy over `v0` in green, or retire blue: nothing points there any more. */
const moments = [
  ['deploys', 'green', (patch: Patch | 'unknown'): Hand => startedOver(patch)],
  ['retires', 'blue', (patch: Patch | 'unknown'): Hand => retiring(patch)],
] as const;

function startedOver(patch: Patch | 'unknown', traffic = capable): Hand {
  const hand = new Hand(planOf(prompt, traffic));
  hand.version.green = 'v0';
  reach(hand, patch);
  return hand;
}

function retiring(patch: Patch | 'unknown'): Hand {
  const hand = new Hand(planOf(prompt));
  hand.playTo('retiring');
  reach(hand, patch);
  return hand;
}

function drains(drain: Drain): Patch {
  return { drain: { blue: drain, green: drain } };
}

describe.each(moments)('rule 6: touching a slot: %s %s', (_, slot, at) => {
  const waiting = (hand: Hand): number | undefined => {
    const effect = hand.effect('converge');
    expect(effect === undefined || effect.target.slot === slot).toBe(true);
    return effect === undefined ? undefined : effect.notBefore - hand.at;
  };

  it('at once when nothing points at it and its counted drain is over', () => {
    expect(waiting(at(drains({ kind: 'counted', open: 0 })))).toBeLessThanOrEqual(0);
  });

  it.each(['weights', 'audiences', 'preview', 'mirror', 'fallback'] as const)(
    'not while %s of a restarted router point at it',
    (part) => {
      const clear = slot === 'blue' ? everythingTo('green') : everythingTo('blue');
      const parts = {
        weights: everythingTo(slot).weights,
        audiences: [{ name: 'staff', match: { header: 'x-staff', equals: 'yes' }, slot }],
        preview: slot,
        mirror: { slot, percent: 1 },
        fallback: slot,
      };
      const hand = at({ afterRestart: restarting({ ...clear, [part]: parts[part] }) });
      expect(waiting(hand)).toBeUndefined();
      look(hand, { afterRestart: restarting(clear) });
      expect(waiting(hand)).toBeLessThanOrEqual(0);
    },
  );

  it('not while nobody can say what a restarted router would serve', () => {
    const hand = at({ afterRestart: { kind: 'foreign', summary: 'no saved state' } });
    expect(waiting(hand)).toBeUndefined();
  });

  it('not while its counted drain is open, nor while the environment counts requests', () => {
    const hand = at(drains({ kind: 'counted', open: 3 }));
    hand.wait(300_000);
    expect(waiting(hand)).toBeUndefined();
    look(hand, drains({ kind: 'counted', open: 0 }));
    expect(waiting(hand)).toBeLessThanOrEqual(0);
    hand.observeSlot(slot, { drain: { open: 1 } });
    expect(waiting(hand)).toBeUndefined();
    hand.observeSlot(slot, { drain: { open: 0 } });
    expect(waiting(hand)).toBeLessThanOrEqual(0);
  });

  it('after a bounded drain, counted from the first read and cut short by a later one', () => {
    const hand = at(drains({ kind: 'bounded', atMostMs: 9_000 }));
    expect(waiting(hand)).toBe(9_000);
    hand.wait(4_000);
    look(hand, drains({ kind: 'bounded', atMostMs: 9_000 }));
    expect(waiting(hand)).toBe(5_000);
    look(hand, drains({ kind: 'bounded', atMostMs: 1_000 }));
    expect(waiting(hand)).toBe(1_000);
  });

  it('after retire.drainMs where the drain is unknown', () => {
    const hand = at('unknown');
    expect(waiting(hand)).toBe(30_000);
    hand.wait(10_000);
    look(hand, 'unknown');
    expect(waiting(hand)).toBe(20_000);
  });

  it('counts the drain anew once something pointed at it again', () => {
    const hand = at('unknown');
    hand.wait(10_000);
    look(hand, { afterRestart: restarting(everythingTo(slot)) });
    expect(waiting(hand)).toBeUndefined();
    look(hand, 'unknown');
    expect(waiting(hand)).toBe(30_000);
  });
});

describe('rule 6: touching a slot', () => {
  it.each(['fallback', 'preview', 'mirror'] as const)('sees what the adapter does not remember now: %s', (part) => {
    const hand = startedOver({}, { ...capable, remembers: [], preview: false, mirror: false });
    expect(hand.effect('converge')?.target).toMatchObject({ slot: 'green', release: { id: 'r1', version: 'v2' } });
    const pointing = { ...hand.target!, [part]: part === 'mirror' ? { slot: 'green', percent: 1 } : 'green' };
    look(hand, { routing: restarting(pointing) });
    expect(hand.routing).toMatchObject({ drifted: null, suspect: null });
    expect(hand.effect('converge')).toBeUndefined();
  });

  it('never deploys over the candidate after preparing, whatever runs there', () => {
    for (const phase of ['preparing', 'verifying', 'shifting', 'baking', 'retiring', 'rolling-back'] as const) {
      // Already there, so that no deployment of ours is what holds the next one back; and no preview points at it.
      const policy = policyOf({ verify: { gates: [checkGate('verify/smoke')] } });
      const hand = new Hand(planOf(policy, { ...capable, preview: false }));
      Object.assign(hand.version, { green: 'v2' });
      Object.assign(hand.releaseId, { green: 'r1' });
      hand.ready.green = phase === 'preparing' ? 0 : 2;
      if (phase === 'preparing') reach(hand, {});
      else hand.playTo(phase === 'rolling-back' ? 'baking' : phase);
      if (phase === 'rolling-back') hand.command('rollback-requested');
      look(hand, {});
      expect(hand.state.phase).toBe(phase);
      hand.observeSlot('green', { version: 'v9', releaseId: 'r0', ready: 2 });
      expect([phase, hand.effect('converge') !== undefined]).toEqual([phase, phase === 'preparing']);
    }
  });
});
