import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { Fact } from './events.js';
import { nextState } from './next-state.js';
import { phaseMachine } from './phase-machine.js';
import { analysisGate, approvalGate, checkGate, Hand, planOf, policyOf } from './release.fixture.js';
import { effectsFor } from './wanted-effects.js';

/** Steps in all; more with BLUEGREEN_STEPS. */
const steps = Number(process.env.BLUEGREEN_STEPS ?? 20_000);
const stepsPerRun = 100;

const rich = policyOf({
  verify: { gates: [checkGate('verify/smoke'), approvalGate('verify/go-live', 'continue')] },
  shift: [
    { percent: 10, audiences: [], holdMs: 30_000, gates: [{ ...analysisGate('shift[0]/errors'), onFailure: 'pause' }] },
    { percent: 100, audiences: [], holdMs: 0, gates: [] },
  ],
  guardrails: [analysisGate('guardrail/errors')],
  bake: { forMs: 60_000, gates: [analysisGate('bake/errors')] },
  retire: { after: 60_000, candidate: 'retire', drainMs: 1_000 },
});

/** Something that may happen next: mostly what a runner would tell, sometimes nonsense. */
function move(hand: Hand, choice: number, size: number): void {
  const said = { command: `c${choice}-${hand.facts.length}`, by: 'ann', reason: 'test' };
  const judge = effectsFor(hand.state).find((effect) => effect.kind === 'judge');
  const moves: readonly (() => void)[] = [
    () => hand.settle(),
    () => hand.wait(size),
    () => hand.observeRouting(),
    () => hand.observeSlot(size % 2 === 0 ? 'blue' : 'green'),
    () => hand.observeSlot('green', { ready: size % 3 }),
    () => judge?.kind === 'judge' && hand.judge(judge, (['pass', 'fail', 'inconclusive', 'error'] as const)[size % 4]!),
    () => hand.tell({ type: 'approval-granted', gate: 'go-live', ...said }),
    () => hand.tell({ type: 'pause-requested', ...said }),
    () => hand.tell({ type: 'resume-requested', ...said }),
    () => size % 5 === 0 && hand.tell({ type: 'rollback-requested', abort: false, ...said }),
    () => hand.tell({ type: 'retry-requested', ...said }),
    () => hand.tell({ type: 'retention-cut', ...said }),
    () => hand.observeRouting({ revision: `foreign-${size}` }),
    () => hand.observeRouting({ routing: { kind: 'foreign', summary: 'edited' }, revision: 'edited' }),
    () =>
      hand.tell({
        type: 'orchestrator-resumed',
        owner: 'two',
        absentMs: size,
        epochs: { router: 8 + size, cluster: 4 + size },
      }),
    () => hand.tell({ type: 'effect-settled', key: 'no-such-effect', result: { outcome: 'accepted' } }),
    () =>
      hand.tell({ type: 'observation-failed', service: 'web', slot: null, code: 'x', message: 'x', reaction: 'retry' }),
  ];
  moves[choice % moves.length]!();
}

describe('the interpreter of the hot path', () => {
  it('decides exactly as xstate does, over random steps', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(16), fc.nat(120_000)), { minLength: stepsPerRun, maxLength: stepsPerRun }),
        fc.boolean(),
        (choices, isFirst) => {
          const hand = new Hand(planOf(rich), { active: isFirst ? null : 'blue' });
          for (const [choice, size] of choices) move(hand, choice, size);
          compared += compare(hand.facts);
        },
      ),
      { numRuns: Math.ceil(steps / stepsPerRun), endOnFailure: true },
    );
    expect(compared).toBeGreaterThanOrEqual(steps);
  }, 120_000);
});

/** Tells both the same facts; after each one, phase and every byte of the context are equal. */
function compare(facts: readonly Fact[]): number {
  let state = nextState(null, facts[0]!);
  const actor = createActor(phaseMachine, { input: state }).start();
  for (const fact of facts.slice(1)) {
    state = nextState(state, fact);
    actor.send(fact);
    const { value, context } = actor.getSnapshot();
    expect(value).toBe(state.phase);
    // The interpreter stamps a state that changed; the definition leaves that to whoever keeps it.
    expect({ ...context.release, at: 0 }).toEqual({ ...state, at: 0 });
  }
  actor.stop();
  return facts.length - 1;
}
