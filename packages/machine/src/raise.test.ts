import type { Evidence, Verdict } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { announce } from './announce.js';
import type { CompiledGate, CompiledPolicy } from './compiled-policy.js';
import { explain } from './explain.js';
import { trafficGoal } from './goals.js';
import { nextState } from './next-state.js';
import { analysisGate, planOf, policyOf } from './plan.fixture.js';
import { Hand, start } from './release.fixture.js';
import type { ReleasePlan } from './release-plan.js';
import type { ReleaseState } from './state.js';
import { wakeAt } from './wanted-effects.js';

const minute = 60_000;
const gate = analysisGate('shift[0]/errors');
const guardrail = analysisGate('guardrail/errors');

/** 10 %, and up to 35 % while the gate would not decide in time; then everybody. */
function policy(patch: Partial<CompiledPolicy> = {}, gates: readonly CompiledGate[] = [gate]): CompiledPolicy {
  return policyOf({
    shift: [
      { percent: 10, audiences: [], holdMs: 10 * minute, gates, raise: { percent: 35, everyMs: 2 * minute } },
      { percent: 100, audiences: [], holdMs: 0, gates: [] },
    ],
    ...patch,
  });
}

function atTen(plan: ReleasePlan = planOf(policy())): Hand {
  const hand = new Hand(plan);
  for (let round = 0; round < 100 && hand.state.watch === null; round++) {
    hand.settle(() => hand.state.phase === 'shifting' && hand.state.watch !== null);
    if (hand.state.phase !== 'shifting' || hand.state.watch === null) hand.wait(1_000);
  }
  expect(hand.state.phase).toBe('shifting');
  return hand;
}

function say(
  hand: Hand,
  exposure: Evidence['exposure'],
  verdict: Verdict = 'inconclusive',
  { id } = { id: gate.id },
): void {
  const evidence: Evidence = { summary: 'told', ...(exposure === undefined ? {} : { exposure }) };
  hand.tell({ type: 'gate-judged', gate: id, attempt: 1, verdict, evidence });
}

/** Lets what is wanted land and be seen, without another word of a judge. */
function land(hand: Hand): void {
  const effect = hand.begin('route');
  hand.land(effect);
  hand.accept(effect);
  hand.observeRouting();
}

function percentOf({ state }: Hand): number {
  return trafficGoal(state, 'web')!.weights.green;
}

describe('a step that may raise its percent', () => {
  it('doubles it while a gate starves, not before its time, and not beyond what the policy allows', () => {
    const hand = atTen();
    say(hand, 'raise');
    expect(percentOf(hand)).toBe(10);
    expect(wakeAt(hand.state, hand.at)).toBeLessThanOrEqual(hand.state.watch!.since + 2 * minute);
    const seen: number[] = [];
    for (let round = 0; round < 4; round++) {
      hand.wait(2 * minute);
      if (percentOf(hand) === seen.at(-1)) continue;
      seen.push(percentOf(hand));
      land(hand);
      hand.wait(minute);
      expect(percentOf(hand)).toBe(seen.at(-1));
    }
    expect(seen).toEqual([20, 35]);
    expect(explain(hand.state).sentence).toContain('10 %, raised to 35 %');
  });

  it('goes back to the percent of the step at the first suspicion, whoever has it', () => {
    for (const suspect of [gate, guardrail]) {
      const hand = atTen(planOf(policy({ guardrails: [guardrail] })));
      say(hand, 'raise');
      hand.wait(2 * minute);
      land(hand);
      expect(percentOf(hand)).toBe(20);
      say(hand, 'lower', 'inconclusive', suspect);
      expect(percentOf(hand)).toBe(10);
    }
  });

  it('is not raised by a gate that decides nothing', () => {
    const hand = atTen(planOf(policy({}, [{ ...gate, dryRun: true }])));
    say(hand, 'raise');
    hand.wait(2 * minute);
    expect(percentOf(hand)).toBe(10);
  });

  it.each([
    ['the release is paused', (hand: Hand) => void hand.command('pause-requested')],
    ['a judge can not ask its question', (hand: Hand) => say(hand, undefined, 'error', guardrail)],
    [
      'somebody else changed the routing',
      (hand: Hand) => {
        hand.edit(30);
        hand.twice(() => hand.observeRouting());
      },
    ],
    ['the candidate lost an instance', (hand: Hand) => hand.observeSlot('green', { ready: 1, desired: 2 })],
  ])('stays while %s', (_, trouble) => {
    const hand = atTen(planOf(policy({ guardrails: [guardrail] })));
    say(hand, 'raise');
    trouble(hand);
    hand.wait(2 * minute);
    expect(percentOf(hand)).toBe(10);
  });

  it('is no shift forward while a window is closed, and goes back all the same', () => {
    const untilMs = start + 3 * minute;
    const hand = atTen({ ...planOf(policy()), openings: [{ fromMs: start, untilMs }] });
    say(hand, 'raise');
    hand.wait(hand.state.watch!.since + 2 * minute - hand.at);
    land(hand);
    expect(percentOf(hand)).toBe(20);
    hand.wait(5 * minute);
    expect(percentOf(hand)).toBe(20);
    say(hand, 'lower');
    expect(percentOf(hand)).toBe(10);
  });

  it('starts over at its own percent in the next step, and after a rollback nothing is left of it', () => {
    const hand = atTen();
    say(hand, 'raise');
    hand.wait(2 * minute);
    land(hand);
    say(hand, undefined, 'fail');
    expect(hand.state.phase).toBe('rolling-back');
    expect(hand.state.raised).toBeNull();
    expect(percentOf(hand)).toBe(0);
  });

  it('is replayed from its facts alone, and says what it did', () => {
    const hand = atTen();
    say(hand, 'raise');
    hand.wait(2 * minute);
    land(hand);
    say(hand, 'lower');
    let state: ReleaseState | null = null;
    const said: string[] = [];
    for (const fact of hand.facts) {
      const next: ReleaseState = nextState(state, fact);
      for (const each of announce(state, next, fact)) {
        if (each.type === 'weight-raised' || each.type === 'weight-lowered')
          said.push(`${each.from} to ${each.percent}`);
      }
      state = next;
    }
    expect(state).toEqual(hand.state);
    expect(said).toEqual(['10 to 20', '20 to 10']);
  });
});
