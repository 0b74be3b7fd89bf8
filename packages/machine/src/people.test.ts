import { describe, expect, it } from 'vitest';
import { refusal } from './commands.js';
import type { CompiledGate } from './compiled-policy.js';
import type { CommandFact } from './events.js';
import { explain } from './explain.js';
import { approvalGate, checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

const twoOf: CompiledGate = { ...approvalGate('verify/go-live'), count: 2, byRequester: 'refused' } as CompiledGate;
const board: CompiledGate = {
  id: 'verify/board',
  name: 'board',
  kind: 'webhook',
  onFailure: 'rollback',
  dryRun: false,
  timeoutMs: 10_000,
  attempts: 3,
  expiresMs: 600_000,
};

function verifying(...gates: readonly CompiledGate[]): Hand {
  const hand = new Hand(planOf(policyOf({ verify: { gates } })));
  hand.playTo('verifying');
  hand.settle(() => gates.every(({ id }) => id in hand.state.gates));
  return hand;
}

function give(hand: Hand, fact: Partial<CommandFact> & { readonly type: CommandFact['type'] }): string | null {
  const command = {
    command: `c${hand.facts.length}`,
    by: 'ann',
    reason: 'because',
    at: hand.at,
    ...fact,
  } as CommandFact;
  const refused = refusal(hand.state, command);
  hand.tell(command);
  return refused;
}

const approve = (hand: Hand, by: string, roles?: readonly string[]) =>
  give(hand, { type: 'approval-granted', gate: 'go-live', by, ...(roles === undefined ? {} : { roles }) });

describe('an approval by several people', () => {
  it('waits for as many different people as the policy says, and says how many are missing', () => {
    const hand = verifying(twoOf);
    expect(approve(hand, 'ann')).toBeNull();
    expect(hand.state.phase).toBe('verifying');
    expect(explain(hand.state).sentence).toMatch(/1 more of 2 people until .* Approved so far by ann\./);
    expect(approve(hand, 'ann')).toBe('release/approved-already');
    expect(hand.state.phase).toBe('verifying');
    expect(approve(hand, 'bob')).toBeNull();
    expect(hand.state.phase).toBe('shifting');
    expect(hand.state.gates['verify/go-live']?.evidence?.summary).toBe('approved by ann: because; bob: because');
  });

  it('takes no word of who requested the release, unless the policy allows it', () => {
    const hand = verifying(twoOf);
    expect(approve(hand, hand.state.requestedBy)).toBe('release/approval-by-requester');
    expect(explain(hand.state).sentence).toContain(`${hand.state.requestedBy} requested the release`);
    const alone = verifying({ ...approvalGate('verify/go-live'), byRequester: 'allowed' } as CompiledGate);
    expect(approve(alone, alone.state.requestedBy)).toBeNull();
    expect(alone.state.phase).toBe('shifting');
  });

  it('takes the word only of those whom the policy names, by name or by role', () => {
    const hand = verifying(twoOf);
    expect(approve(hand, 'mallory', [])).toBe('release/approval-not-entitled');
    expect(approve(hand, 'mallory', ['developer'])).toBe('release/approval-not-entitled');
    expect(approve(hand, 'sre', [])).toBeNull();
    expect(approve(hand, 'bob', ['sre'])).toBeNull();
    expect(hand.state.phase).toBe('shifting');
  });

  it('begins again at none when it is asked again', () => {
    const hand = verifying({ ...twoOf, onFailure: 'pause' } as CompiledGate);
    approve(hand, 'ann');
    hand.wait(600_000);
    hand.settle();
    expect(hand.state.paused).not.toBeNull();
    give(hand, { type: 'resume-requested' });
    expect(hand.state.gates['verify/go-live']).toMatchObject({ attempt: 2, closed: null });
    expect(approve(hand, 'ann')).toBeNull();
    expect(hand.state.phase).toBe('verifying');
  });
});

describe('a gate that is skipped', () => {
  it('is out of the way at once, with who and why', () => {
    const hand = verifying(twoOf, checkGate('verify/smoke'));
    expect(give(hand, { type: 'gate-skip-requested', gate: 'go-live', by: 'eve', reason: 'outage' })).toBeNull();
    const gate = hand.state.gates['verify/go-live'];
    expect(gate).toMatchObject({ closed: 'skipped', by: 'eve', verdict: null });
    expect(gate?.evidence?.summary).toBe('skipped by eve: outage');
    expect(hand.state.phase).toBe('verifying');
    hand.settle();
    expect(hand.state.phase).toBe('shifting');
  });

  it('lets a release go on that paused because it had failed', () => {
    const hand = verifying({ ...checkGate('verify/smoke'), onFailure: 'pause' } as CompiledGate);
    hand.judge(hand.effect('judge')!, 'fail');
    expect(hand.state.paused?.by).toBe('policy');
    expect(give(hand, { type: 'gate-skip-requested', gate: 'smoke' })).toBeNull();
    expect(give(hand, { type: 'resume-requested' })).toBeNull();
    hand.settle(() => hand.state.phase === 'shifting');
    expect(hand.state.phase).toBe('shifting');
    expect(hand.state.gates['verify/smoke']?.attempt).toBe(1);
  });

  it('is refused for a guardrail, for a gate that is not open, and for who may not', () => {
    const guardrail = { ...checkGate('guardrail/errors'), kind: 'analysis', analysis: 'errors' } as CompiledGate;
    const gates = [checkGate('verify/smoke')];
    const hand = new Hand(planOf(policyOf({ verify: { gates }, guardrails: [guardrail] })));
    expect(give(hand, { type: 'gate-skip-requested', gate: 'smoke' })).toBe('release/gate-not-open');
    expect(give(hand, { type: 'gate-skip-requested', gate: 'errors' })).toBe('release/gate-not-skippable');
    expect(give(hand, { type: 'gate-skip-requested', gate: 'smoek' })).toBe('release/gate-unknown');
    hand.playTo('verifying');
    hand.settle(() => hand.effect('judge') !== undefined);
    const skip = { type: 'gate-skip-requested', gate: 'smoke' } as const;
    expect(give(hand, { ...skip, roles: [] })).toBe('release/skip-not-entitled');
    expect(give(hand, { ...skip, roles: ['skip-gate'] })).toBeNull();
  });

  it('hears no judge any more (rule 12)', () => {
    const hand = verifying(checkGate('verify/smoke'), approvalGate('verify/go-live'));
    const judge = hand.effect('judge')!;
    give(hand, { type: 'gate-skip-requested', gate: 'smoke' });
    hand.judge(judge, 'fail');
    expect(hand.state.gates['verify/smoke']).toMatchObject({ closed: 'skipped', verdict: null });
    expect(hand.state.cause).toBeNull();
  });
});

describe('a gate that asks a webhook', () => {
  it('passes by the answer to the request', () => {
    const hand = verifying(board);
    hand.judge(hand.effect('judge')!, 'pass');
    hand.settle(() => hand.state.phase === 'shifting');
    expect(hand.state.phase).toBe('shifting');
  });

  it('waits for an answer that comes later, and asks nobody twice', () => {
    const hand = verifying(board);
    hand.judge(hand.effect('judge')!, 'inconclusive');
    expect(hand.effect('judge')).toBeUndefined();
    expect(hand.state.total.stoppedSince).toBe(hand.at);
    const answer = {
      type: 'webhook-answered',
      gate: 'verify/board',
      attempt: 1,
      verdict: 'pass',
      by: 'board',
    } as const;
    expect(give(hand, { ...answer, attempt: 2 })).toBe('release/gate-not-open');
    expect(give(hand, answer)).toBeNull();
    hand.settle(() => hand.state.phase === 'shifting');
    expect(hand.state.phase).toBe('shifting');
  });

  it('rolls back when the answer is no, and when none comes in time', () => {
    const refused = verifying(board);
    const answer = { type: 'webhook-answered', gate: 'verify/board', attempt: 1, verdict: 'fail' } as const;
    expect(give(refused, { ...answer, by: 'board', reason: 'frozen' })).toBeNull();
    expect(refused.state.cause).toMatchObject({ code: 'gate-failed', message: 'board: board: frozen' });
    const silent = verifying(board);
    silent.judge(silent.effect('judge')!, 'inconclusive');
    silent.wait(600_000);
    expect(silent.state.cause?.code).toBe('gate-undecided');
  });

  it('takes the first answer for good', () => {
    const hand = verifying(board, approvalGate('verify/go-live'));
    hand.judge(hand.effect('judge')!, 'pass');
    const answer = { type: 'webhook-answered', gate: 'verify/board', attempt: 1, verdict: 'fail' } as const;
    expect(give(hand, { ...answer, by: 'board', reason: 'late' })).toBe('release/gate-not-open');
    expect(hand.state.gates['verify/board']?.verdict).toBe('pass');
  });

  it('is asked again while it can not be asked', () => {
    const hand = verifying(board);
    hand.judge(hand.effect('judge')!, 'error');
    expect(hand.effect('judge')).toMatchObject({ everyMs: 60_000 });
    expect(hand.state.total.stoppedSince).toBeNull();
  });
});
