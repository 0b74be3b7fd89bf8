import { weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import type { CompiledGate } from './compiled-policy.js';
import { effectsFor } from './index.js';
import { analysisGate, approvalGate, checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const smoke = checkGate('verify/smoke');
const approval = approvalGate('verify/go-live');
const guardrail = analysisGate('guardrail/errors');

function verifying(gates: readonly CompiledGate[], patch: Parameters<typeof policyOf>[0] = {}): Hand {
  const hand = new Hand(planOf(policyOf({ verify: { gates }, ...patch })));
  hand.playTo('verifying');
  hand.settle(() => Object.keys(hand.state.gates).length > 0);
  return hand;
}

/** In the hold of the first step, whose gate is an analysis, or in the bake. */
function watching(phase: 'shifting' | 'baking', patch: Parameters<typeof policyOf>[0] = {}): Hand {
  const hand = new Hand(planOf(policyOf(patch)));
  hand.playTo(phase);
  hand.settle(() => hand.state.watch !== null && hand.effect('judge') !== undefined);
  return hand;
}

function judge(hand: Hand, gate: string, attempt: number, verdict: 'pass' | 'fail' | 'inconclusive'): void {
  hand.tell({ type: 'gate-judged', gate, attempt, verdict, evidence: { summary: verdict } });
}

const step = { percent: 10, audiences: [], holdMs: 60_000, gates: [analysisGate('shift/errors')] };
const shift = [step, { percent: 100, audiences: [], holdMs: 0, gates: [] }];

describe('rule 12: verdicts', () => {
  it.each(['pass', 'fail'] as const)('ignores a %s for another attempt, an unknown or a closed gate', (verdict) => {
    const hand = verifying([{ ...smoke, onFailure: 'pause' }, approval]);
    judge(hand, smoke.id, 1, 'fail');
    hand.command('resume-requested');
    const before = hand.state;
    expect(before.gates[smoke.id]).toMatchObject({ attempt: 2, verdict: null, closed: null });
    for (const attempt of [0, 1, 3]) judge(hand, smoke.id, attempt, verdict);
    judge(hand, 'verify/other', 1, verdict);
    judge(hand, approval.id, 1, verdict);
    expect(hand.state).toBe(before);
    judge(hand, smoke.id, 2, 'pass');
    hand.command('approval-granted');
    const closed = hand.state.gates;
    judge(hand, smoke.id, 2, verdict);
    expect(hand.state.gates).toBe(closed);
  });

  it('fails on an analysis that passed and then fails before its step ends', () => {
    const hand = watching('shifting', { shift });
    judge(hand, 'shift/errors', 1, 'pass');
    hand.wait(59_999);
    expect(hand.state).toMatchObject({ phase: 'shifting', step: 0, cause: null });
    judge(hand, 'shift/errors', 1, 'fail');
    expect(hand.state.cause).toMatchObject({ code: 'gate-failed', gate: 'shift/errors', from: 'shifting' });
  });

  it('does not end a step on a pass before its hold, nor on a hold without a pass', () => {
    const hand = watching('shifting', { shift });
    judge(hand, 'shift/errors', 1, 'inconclusive');
    hand.wait(120_000);
    expect(hand.state).toMatchObject({ phase: 'shifting', step: 0 });
    judge(hand, 'shift/errors', 1, 'pass');
    expect(hand.state.step).toBe(1);
  });

  it.each(['hold', 'approval', 'bake'] as const)(
    'never settles a guardrail on pass, and goes back on its fail: %s',
    (when) => {
      const asking = [{ ...step, gates: [approvalGate('shift/go-live')] }, shift[1]!];
      const hand = watching(when === 'bake' ? 'baking' : 'shifting', {
        guardrails: [guardrail],
        ...(when === 'approval' ? { shift: asking } : {}),
      });
      if (when === 'approval') hand.wait(120_000);
      judge(hand, guardrail.id, 1, 'pass');
      expect(hand.state.gates[guardrail.id]).toMatchObject({ verdict: 'pass', closed: null });
      expect(hand.effect('judge')?.gate.id).toBe(guardrail.id);
      judge(hand, guardrail.id, 1, 'fail');
      expect(hand.state.cause).toMatchObject({ code: 'guardrail-failed', gate: guardrail.id });
      hand.playTo('rolled-back');
      expect(hand.target?.weights).toEqual(weights(0));
    },
  );

  it('cancels the rest of the verify gates at the first fail', () => {
    const hand = verifying([smoke, checkGate('verify/load'), approval]);
    judge(hand, smoke.id, 1, 'fail');
    expect(hand.state.gates).toMatchObject({
      [smoke.id]: { closed: 'settled', verdict: 'fail' },
      'verify/load': { closed: 'cancelled' },
      [approval.id]: { closed: 'cancelled' },
    });
    expect(effectsFor(hand.state).filter(({ kind }) => kind === 'judge')).toEqual([]);
    expect(hand.command('approval-granted')).toBe('release/approval-not-open');
  });

  it('never shifts without a pass of every gate of its own (S19)', () => {
    for (const missing of [smoke.id, 'verify/load']) {
      const hand = verifying([smoke, checkGate('verify/load')]);
      judge(hand, missing === smoke.id ? 'verify/load' : smoke.id, 1, 'pass');
      judge(hand, missing, 1, 'inconclusive');
      hand.wait(600_000);
      expect(hand.state.phase).toBe('verifying');
      hand.wait(1_800_000);
      expect(hand.state.cause).toMatchObject({ code: 'gate-undecided', gate: missing });
    }
  });

  it('waits for a person where a failure shall only pause, and asks again as a new attempt (S25)', () => {
    const hand = verifying([{ ...smoke, onFailure: 'pause' }]);
    judge(hand, smoke.id, 1, 'fail');
    expect(hand.state).toMatchObject({ phase: 'verifying', cause: null, paused: { by: 'policy' } });
    hand.wait(86_400_000);
    expect(hand.state.phase).toBe('verifying');
    expect(hand.command('resume-requested')).toBeNull();
    expect(hand.effect('judge')?.attempt).toBe(2);
    judge(hand, smoke.id, 2, 'fail');
    expect(hand.state.paused?.at).toBe(hand.at);
    hand.command('resume-requested');
    judge(hand, smoke.id, 3, 'pass');
    expect(hand.state.phase).toBe('shifting');
  });

  it.each(['fail', 'inconclusive'] as const)(
    'reports a dry run that says %s, and lets it decide nothing',
    (verdict) => {
      const dry = { dryRun: true } as const;
      const hand = verifying(
        [{ ...smoke, ...dry }, { ...checkGate('verify/extra'), ...dry, onFailure: 'pause' }, checkGate('verify/load')],
        {
          guardrails: [{ ...guardrail, ...dry }],
        },
      );
      judge(hand, smoke.id, 1, verdict);
      judge(hand, 'verify/extra', 1, verdict);
      expect(hand.state.gates[smoke.id]).toMatchObject({ verdict, evidence: { summary: verdict } });
      judge(hand, 'verify/load', 1, 'pass');
      expect(hand.state).toMatchObject({ phase: 'shifting', cause: null, paused: null });
      hand.playTo('baking');
      judge(hand, guardrail.id, 1, verdict);
      expect(hand.state).toMatchObject({ cause: null, gates: { [guardrail.id]: { verdict } } });
      hand.playTo('promoted');
    },
  );

  it.each(['rollback', 'continue'] as const)(
    'expires approvals on the clock during an absence: %s (S59)',
    (onExpiry) => {
      const hand = verifying([approvalGate('verify/go-live', onExpiry)]);
      hand.takeOver(599_999);
      expect(hand.state).toMatchObject({ phase: 'verifying', gates: { [approval.id]: { closed: null } } });
      hand.takeOver(1);
      expect(hand.state.gates[approval.id]).toMatchObject({ verdict: onExpiry === 'continue' ? 'pass' : 'fail' });
      expect(hand.state.cause?.code).toBe(onExpiry === 'continue' ? undefined : 'approval-expired');
      hand.playTo(onExpiry === 'continue' ? 'promoted' : 'rolled-back');
    },
  );

  it.each(['shifting', 'baking'] as const)('extends what is watched by an absence: %s (S59)', (phase) => {
    const hand = watching(phase, { shift, guardrails: [guardrail] });
    const { until } = hand.state.watch!;
    hand.takeOver(3_600_000);
    hand.settle(() => hand.state.watch?.lostAt === null);
    expect(hand.state.watch).toMatchObject({ until: until + 3_600_000 });
    hand.settle();
    hand.wait(until + 3_600_000 - 1 - hand.at);
    hand.settle();
    expect(hand.state).toMatchObject({ phase, step: phase === 'baking' ? 1 : 0 });
    hand.wait(1);
    hand.settle();
    expect([hand.state.phase, hand.state.step]).not.toEqual([phase, phase === 'baking' ? 1 : 0]);
  });
});
