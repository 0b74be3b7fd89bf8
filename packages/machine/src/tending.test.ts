import { type EnvironmentObservation, environmentCapabilities, type Slot } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import type { CompiledPolicy } from './compiled-policy.js';
import type { Effect } from './effects.js';
import { explain } from './explain.js';
import { planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';
import type { ReleasePlan } from './release-plan.js';
import type { Tended } from './state.js';
import { effectsFor } from './wanted-effects.js';

const handOver = { workers: { onRollback: 'gap' } } as const;
const freeze = { prepare: { ...policyOf().prepare, autoscaling: 'freeze' } } as const;

function planWith(patch: Partial<CompiledPolicy>): ReleasePlan {
  const plan = planOf(policyOf({ bake: { forMs: 60_000, gates: [] }, ...patch }));
  const web = plan.services.web!;
  const capabilities = environmentCapabilities({
    fencing: 'enforced',
    lateWriteMs: 0,
    autoscaling: true,
    workers: true,
    capacity: true,
  });
  return { ...plan, services: { web: { ...web, environment: { ...web.environment, capabilities } } } };
}

/** A hand whose slots have an autoscaler and workers, and which notes what they ever were. */
class TendedHand extends Hand {
  readonly tended: Record<Slot, Tended> = {
    blue: { autoscaling: 'free', workers: 'active' },
    green: { autoscaling: 'free', workers: 'idle' },
  };
  /** Slots whose workers run, after each change. */
  readonly history: string[] = [];
  /** Slots that can't be tended. */
  readonly broken = new Set<Slot>();

  override observeSlot(slot: Slot, patch: Partial<EnvironmentObservation> = {}) {
    const empty = this.version[slot] === null;
    return super.observeSlot(slot, { ...(empty ? {} : this.tended[slot]), ...patch });
  }

  override begin(kind: 'route' | 'converge') {
    const effect = this.effect(kind);
    if (effect?.kind !== 'converge' || effect.target.release !== 'unchanged') return super.begin(kind);
    const { key, fence, service, target } = effect;
    const { slot, autoscaling, workers } = target;
    const tend = { autoscaling, workers };
    this.tell({ type: 'effect-started', key, write: { kind: 'converge', service, slot, fence, version: null, tend } });
    return effect;
  }

  override land(effect: Effect): void {
    if (effect.kind === 'converge') {
      const { slot, release, autoscaling, workers } = effect.target;
      if (release === 'unchanged' && this.broken.has(slot)) return;
      this.tended[slot] = { autoscaling, workers: release === null ? 'idle' : workers };
      this.history.push(this.working().join('+') || 'none');
      if (release === 'unchanged') return;
    }
    super.land(effect);
  }

  working(): readonly Slot[] {
    return (['blue', 'green'] as const).filter(
      (slot) => this.version[slot] !== null && this.tended[slot].workers === 'active',
    );
  }
}

function handWith(patch: Partial<CompiledPolicy>): TendedHand {
  return new TendedHand(planWith(patch));
}

describe('the workers of a service', () => {
  it('run in the old slot until all users are on the new one, and never in both', () => {
    const hand = handWith(handOver);
    hand.playTo('shifting');
    hand.settle();
    expect(hand.target!.weights.green).toBe(10);
    expect(hand.working()).toEqual(['blue']);
    hand.playTo('baking');
    expect(hand.working()).toEqual(['green']);
    hand.playTo('promoted');
    expect(hand.working()).toEqual(['green']);
    expect(hand.history.filter((each) => each === 'blue+green')).toEqual([]);
    // The gap of the hand-over.
    expect(hand.history).toContain('none');
  });

  it('are not handed over before the router shows that all users are there', () => {
    const hand = handWith(handOver);
    hand.playTo('shifting');
    for (const effect of effectsFor(hand.state)) {
      if (effect.kind === 'converge') expect(effect.target.workers).not.toBe('active');
    }
  });

  it.each([
    ['gap', 'none'],
    ['overlap', 'blue+green'],
  ] as const)('go back with the users, with a %s', (onRollback, between) => {
    const hand = handWith({ workers: { onRollback } });
    hand.playTo('baking');
    hand.history.length = 0;
    hand.command('rollback-requested');
    hand.playTo('rolled-back');
    expect(hand.working()).toEqual(['blue']);
    expect(hand.history[0]).toBe(between);
    expect(hand.target!.weights.blue).toBe(100);
  });

  it('do not keep users from going back when they can not be set, and say so', () => {
    const hand = handWith(handOver);
    hand.playTo('baking');
    hand.broken.add('green');
    hand.command('rollback-requested');
    hand.playTo('stuck');
    expect(hand.target!.weights.blue).toBe(100);
    expect(hand.state.stuck?.message).toContain('workers of green could not be set');
    expect(hand.working()).toEqual(['green']);
  });

  it('end the release on its way when the old slot does not give them up', () => {
    const hand = handWith(handOver);
    hand.broken.add('blue');
    hand.playTo('rolled-back');
    expect(hand.state.cause).toMatchObject({ code: 'write-failed' });
    expect(hand.working()).toEqual(['blue']);
  });

  it('are read again by a new owner before it starts any', () => {
    const hand = handWith(handOver);
    hand.playTo('shifting');
    hand.settle(() => hand.state.step === 1 && hand.tended.blue.workers === 'idle');
    hand.takeOver(1_000);
    const started = effectsFor(hand.state).filter((effect) => effect.kind === 'converge');
    expect(started).toEqual([]);
  });

  it('run from the start where there is no old slot', () => {
    const hand = new TendedHand(planWith(handOver), { active: null });
    hand.playTo('promoted');
    expect(hand.working()).toEqual(['blue']);
  });
});

describe('the autoscalers of a service', () => {
  it('stand still while weights move, and are free again on the way forward', () => {
    const hand = handWith(freeze);
    hand.playTo('shifting');
    hand.settle(() => hand.target!.weights.green > 0);
    expect(hand.tended.blue.autoscaling).toBe('frozen');
    expect(hand.tended.green.autoscaling).toBe('frozen');
    hand.playTo('baking');
    expect(hand.tended.green.autoscaling).toBe('frozen');
    hand.playTo('promoted');
    expect(hand.tended.green.autoscaling).toBe('free');
  });

  it.each(['verifying', 'shifting', 'baking'] as const)('are free again after a rollback from %s', (phase) => {
    const hand = handWith(freeze);
    hand.playTo(phase);
    hand.settle();
    hand.command('rollback-requested');
    hand.playTo('rolled-back');
    expect([hand.tended.blue.autoscaling, hand.tended.green.autoscaling]).toEqual(['free', 'free']);
  });
});

describe('a candidate that is small until users come', () => {
  it('is verified with few instances, and has all of them before any weight', () => {
    const small = { prepare: { ...policyOf().prepare, previewCapacity: 1 } };
    const hand = handWith(small);
    hand.ready.green = 1;
    hand.playTo('shifting');
    hand.settle(() => hand.effect('converge') !== undefined);
    expect(hand.target!.weights.green).toBe(0);
    expect(hand.effect('converge')!.target.atLeast).toBe(2);
    hand.ready.green = 2;
    hand.settle(() => hand.target!.weights.green > 0);
    expect(hand.target!.weights.green).toBe(10);
  });
});

describe('the specs of both slots', () => {
  const alike = { prepare: { ...policyOf().prepare, parity: 'require' } } as const;

  it('are compared before anything is verified', () => {
    for (const [spec, phase] of [
      ['a', 'verifying'],
      ['b', 'rolled-back'],
    ] as const) {
      const hand = handWith(alike);
      const observe = hand.observeSlot.bind(hand);
      hand.observeSlot = (slot) => observe(slot, { spec: slot === 'blue' ? 'a' : spec });
      hand.playTo(phase);
      if (phase === 'rolled-back') expect(hand.state.cause?.code).toBe('specs-differ');
    }
  });

  it('that nobody can compare are no proof', () => {
    const hand = handWith(alike);
    hand.playTo('rolled-back');
    expect(hand.state.cause).toMatchObject({ code: 'specs-differ' });
    expect(explain(hand.state).sentence).toContain('does not say how its slots are made');
  });
});
