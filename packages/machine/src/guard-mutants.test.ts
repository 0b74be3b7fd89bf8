import { everythingTo, weights } from '@bluegreen/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompiledPolicy } from './compiled-policy.js';
import { Monitor } from './guard-monitor.fixture.js';
import { decideWith, type Guards, mutants } from './guard-mutants.fixture.js';
import { analysisGate, capable, checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';
import type { ReleasePlan } from './release-plan.js';
import { guards } from './rules.js';
import type { Phase } from './state.js';
import { moments, Troubled, troubles } from './troubled.fixture.js';
import { Walk } from './walk.fixture.js';
import { checkBegun } from './walk-checks.fixture.js';
import { plans, tapes } from './walk-plans.fixture.js';
import { isEnd } from './wanted-effects.js';

const many = { seed: 1, numRuns: 3 };
const tapesOf = fc.sample(tapes, many);

/** Lives that are known to end in a certain way. */
const lives: readonly (readonly [end: Phase, plan: ReleasePlan, play: (hand: Hand) => void])[] = [
  ['promoted', planOf(), (hand) => hand.playTo('promoted')],
  [
    'stuck',
    planOf(),
    (hand) => {
      hand.target = everythingTo('blue', { weights: weights(50) });
      hand.twice(() => hand.observeRouting());
    },
  ],
  [
    'stuck',
    planOf(),
    (hand) => {
      hand.playTo('baking');
      hand.ready.blue = 0;
      hand.command('rollback-requested');
      hand.answer();
    },
  ],
  [
    'rolled-back',
    planOf(),
    (hand) => {
      hand.playTo('baking');
      hand.command('rollback-requested');
      hand.refuse(hand.begin('route'), 'permanent');
      expect(hand.state.phase).toBe('stuck');
      hand.command('retry-requested');
      hand.playTo('rolled-back');
    },
  ],
  [
    'promoted',
    planOf(policyOf({ retire: { after: 0, candidate: 'keep', drainMs: 0 } })),
    (hand) => {
      hand.playTo('retiring');
      hand.settle(() => hand.effect('converge') !== undefined);
      hand.refuse(hand.begin('converge'), 'permanent');
      hand.observeSlot('blue');
      expect(hand.state.phase).toBe('stuck');
      hand.command('retry-requested');
      hand.playTo('promoted');
    },
  ],
  [
    'promoted',
    planOf(policyOf({ retire: { after: 'keep', candidate: 'keep', drainMs: 0 } }), { ...capable, fencing: 'checked' }),
    (hand) => {
      hand.playTo('retiring');
      hand.refuse(hand.begin('route'), 'read-back');
      hand.playTo('promoted');
    },
  ],
];

const watched = policyOf({
  verify: { gates: [checkGate('verify/smoke')] },
  shift: [
    { percent: 10, audiences: [], holdMs: 60_000, gates: [analysisGate('shift[0]/errors')] },
    { percent: 100, audiences: [], holdMs: 60_000, gates: [analysisGate('shift[1]/errors')] },
  ],
  guardrails: [analysisGate('guardrail/errors')],
  bake: { forMs: 60_000, gates: [analysisGate('bake/errors')] },
  retire: { after: 60_000, candidate: 'retire', drainMs: 1_000 },
});
const kept: CompiledPolicy = { ...watched, retire: { after: 'keep', candidate: 'keep', drainMs: 0 } };
const lagging = { ...capable, propagationMs: 5_000 };
const routers = [capable, lagging, { ...capable, fencing: 'checked' as const }];
const phases = ['preparing', 'verifying', 'shifting', 'baking', 'retiring', 'rolling-back'] as const;

/** Drives lives, troubles and walks with these guards; gives back the first thing that is wrong. */
function firstFault(table: Guards): string | null {
  try {
    for (const [end, plan, play] of lives) {
      const hand = new Hand(plan);
      watch(hand, table);
      play(hand);
      if (hand.state.phase !== end) throw new Error(`ends in ${hand.state.phase}, not in ${end}`);
    }
    failFirst(table);
    for (const router of routers) for (const phase of phases) liveInTrouble(planOf(watched, router), phase, table);
    for (const phase of ['retiring', 'rolling-back'] as const) liveInTrouble(planOf(kept, lagging), phase, table);
    for (const [, plan, active] of plans) for (const tape of tapesOf) walkThrough(new Walk(plan, active, tape), table);
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  }
  return null;
}

function failFirst(table: Guards): void {
  const hand = new Hand(planOf(), { active: null });
  watch(hand, table);
  hand.playTo('baking');
  hand.twice(() => hand.observeSlot('blue', { ready: 0 }));
  if (hand.state.phase !== 'stuck') throw new Error('a failed first deployment goes somewhere');
  hand.command('retry-requested');
  hand.observeSlot('blue');
  hand.playTo('promoted');
}

function liveInTrouble(plan: ReleasePlan, phase: (typeof phases)[number], table: Guards): void {
  for (const trouble of troubles) {
    for (const moment of moments) {
      if (moment === 'deployed' && phase !== 'preparing') continue;
      const hand = new Troubled(plan);
      watch(hand, table);
      if (phase === 'rolling-back') {
        hand.playTo('baking');
        hand.command('rollback-requested');
      }
      hand.live(phase, moment, trouble);
    }
  }
}

function watch(hand: Hand, table: Guards): void {
  const monitor = new Monitor();
  for (const fact of hand.facts) monitor.note(fact);
  const decide = decideWith(table, (state, rule, at) => monitor.judge(state, rule, at));
  hand.decide = (state, fact) => {
    monitor.note(fact);
    const after = decide(state, fact);
    monitor.settled(after);
    return after;
  };
}

function walkThrough(walk: Walk, table: Guards): void {
  watch(walk, table);
  walk.onBegin = checkBegun;
  while (walk.goesOn && (!isEnd(walk.state) || walk.state.phase === 'stuck')) walk.step();
  walk.heal();
}

describe('the guards of the machine', () => {
  it('pass the monitor themselves', { timeout: 60_000 }, () => {
    expect(firstFault(guards)).toBeNull();
  });

  it('have no mutant that nothing notices', { timeout: 600_000 }, () => {
    const survivors = mutants.filter(([, table]) => firstFault(table) === null).map(([name]) => name);
    expect(mutants.length).toBeGreaterThan(70);
    expect(survivors).toEqual([]);
  });
});
