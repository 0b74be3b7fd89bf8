import { describe, expect, it } from 'vitest';
import { refusal } from './commands.js';
import type { CompiledPolicy } from './compiled-policy.js';
import type { CommandFact } from './events.js';
import { explain } from './explain.js';
import { planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';
import type { ReleasePlan } from './release-plan.js';

const short = { bake: { forMs: 0, gates: [] }, retire: { after: 60_000, candidate: 'keep', drainMs: 0 } } as const;

function handWith(policy: Partial<CompiledPolicy>, migrations?: ReleasePlan['migrations']): Hand {
  const plan = planOf(policyOf({ ...short, ...policy }));
  return new Hand(migrations === undefined ? plan : { ...plan, migrations });
}

const said = (hand: Hand, type: CommandFact['type']): CommandFact =>
  ({ type, at: hand.at, command: `c${hand.facts.length}`, by: 'ann', reason: 'because', abort: false }) as CommandFact;

/** Fails the hook that is due, as often as it is tried. */
function failAll(hand: Hand): void {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const hook = hand.effect('hook');
    if (hook === undefined) return;
    hand.wait(Math.max(0, hook.notBefore - hand.at));
    hand.runHook(hook, 'no space left');
  }
}

describe('hooks of a policy', () => {
  const hooks = { afterCutover: ['warm'], onRollback: ['purge'] };
  const bake = { forMs: 600_000, gates: [] };

  it('run once all users are there, once they are back, and never otherwise', () => {
    const good = handWith({ hooks });
    good.playTo('promoted');
    expect(Object.entries(good.state.hooks).map(([key, { status }]) => [key, status])).toEqual([
      ['after-cutover/warm', 'done'],
    ]);
    const bad = handWith({ hooks });
    bad.playTo('shifting');
    bad.settle();
    bad.command('rollback-requested');
    expect(bad.state.hooks).toEqual({});
    bad.playTo('rolled-back');
    expect(Object.keys(bad.state.hooks)).toEqual(['on-rollback/purge']);
    expect(bad.target!.weights.blue).toBe(100);
  });

  it('keep the same key over every attempt and over a crash', () => {
    const hand = handWith({ hooks, bake });
    hand.playTo('baking');
    hand.settle(() => hand.effect('hook') !== undefined);
    const first = hand.effect('hook')!;
    hand.runHook(first, 'busy');
    const second = hand.effect('hook')!;
    expect([second.idempotencyKey, second.attempt]).toEqual([first.idempotencyKey, 2]);
    expect(second.key).not.toBe(first.key);
    expect(second.notBefore).toBeGreaterThan(hand.at);
    hand.runHook(first);
    expect(hand.state.hooks['after-cutover/warm']?.status).toBe('due');
    hand.takeOver(1_000);
    expect(hand.effect('hook')).toEqual(second);
  });

  it('keep neither a shift nor a rollback waiting, and a failed one changes no outcome', () => {
    const hand = handWith({ hooks, bake });
    hand.playTo('baking');
    hand.settle(() => hand.effect('hook') !== undefined);
    failAll(hand);
    expect(hand.state.hooks['after-cutover/warm']).toMatchObject({ status: 'failed', attempt: 5 });
    hand.playTo('promoted');
    expect(explain(hand.state).sentence).toContain('Not done: after-cutover hook warm (no space left)');
  });
});

describe('migrations', () => {
  const both = { expand: ['add'], contract: ['drop'] };

  it('expand before anything is deployed', () => {
    const hand = handWith({}, both);
    hand.settle(() => hand.effect('hook') !== undefined && hand.routing.shownAt !== null);
    expect(hand.effect('converge')).toBeUndefined();
    expect(explain(hand.state)).toMatchObject({ code: 'migrating' });
    hand.runHook(hand.effect('hook')!);
    hand.settle(() => hand.version.green !== null);
    expect(hand.version.green).toBe('v2');
  });

  it('end the release before it begins when expanding fails', () => {
    const hand = handWith({}, both);
    hand.settle(() => hand.effect('hook') !== undefined);
    failAll(hand);
    expect(hand.state.cause).toMatchObject({ code: 'migration-failed', message: 'migration add: no space left' });
    hand.playTo('rolled-back');
    expect([hand.version.green, hand.target!.weights.blue]).toEqual([null, 100]);
  });

  it('contract only when the old version is gone for good, and nothing goes back after that', () => {
    const hand = handWith({}, both);
    hand.playTo('retiring');
    hand.settle();
    expect(hand.state.hooks).not.toHaveProperty('contract/drop');
    expect(refusal(hand.state, said(hand, 'rollback-requested'))).toBeNull();
    hand.wait(60_000);
    hand.settle(() => hand.state.hooks['contract/drop'] !== undefined);
    expect(hand.version.blue).toBeNull();
    expect(hand.state.services.web?.teardownBegunAt).not.toBeNull();
    expect(refusal(hand.state, said(hand, 'rollback-requested'))).toBe('release/contract-begun');
    hand.playTo('promoted');
    expect(hand.state.hooks['contract/drop']?.status).toBe('done');
  });

  it('are not handed on when the next release wants the slot: the old version goes at once, then they contract', () => {
    const hand = handWith({}, both);
    hand.playTo('retiring');
    hand.settle();
    hand.command('retention-cut');
    hand.playTo('promoted');
    expect(hand.version.blue).toBeNull();
    expect(hand.state.hooks['contract/drop']?.status).toBe('done');
  });

  it('wait for a person when contracting fails, and are tried again with the same key', () => {
    const hand = handWith({}, both);
    hand.playTo('retiring');
    hand.settle();
    hand.wait(60_000);
    hand.settle(() => hand.effect('hook') !== undefined);
    const { idempotencyKey } = hand.effect('hook')!;
    failAll(hand);
    expect(hand.state).toMatchObject({ phase: 'stuck', stuck: { code: 'release/contract-failed', from: 'retiring' } });
    hand.command('retry-requested');
    expect(hand.effect('hook')).toMatchObject({ attempt: 1, idempotencyKey });
    hand.playTo('promoted');
  });
});
