import { everythingTo, trafficCapabilities, weights } from '@bluegreen/contract';
import type { CompiledPolicy } from './compiled-policy.js';
import { analysisGate, approvalGate, capable, checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

type Situation = readonly [title: string, play: () => Hand];

const gated = policyOf({
  audiences: { staff: { header: 'x-staff', equals: '1' } },
  verify: { gates: [checkGate('verify/smoke'), { ...approvalGate('verify/go-live'), onFailure: 'pause' }] },
  shift: [
    { percent: 10, audiences: ['staff'], holdMs: 60_000, gates: [analysisGate('shift[0]/errors')] },
    { percent: 100, audiences: [], holdMs: 0, gates: [] },
  ],
  guardrails: [analysisGate('guardrail/errors')],
  bake: { forMs: 300_000, gates: [analysisGate('bake/errors')] },
});
const ungated: CompiledPolicy = { ...gated, verify: { gates: [] } };
const guardrail = { type: 'gate-judged', gate: 'guardrail/errors', attempt: 1 } as const;

function reached(phase: Parameters<Hand['playTo']>[0], policy = policyOf()): Hand {
  const hand = new Hand(planOf(policy));
  hand.playTo(phase);
  return hand;
}

/** Plays on from a hand that is where the situation begins. */
function then(hand: Hand, ...moves: readonly ((hand: Hand) => void)[]): Hand {
  for (const move of moves) move(hand);
  return hand;
}

const claimed = (): Hand => then(new Hand(), (hand) => hand.settle(() => hand.effect('converge') !== undefined));
const verifying = (): Hand =>
  then(reached('verifying', gated), (hand) => hand.settle(() => 'verify/smoke' in hand.state.gates));
const shifting = (): Hand => reached('shifting', ungated);
const mirroring = (): Hand => {
  const copied = { percent: 0, mirrorPercent: 20, audiences: [], holdMs: 60_000, gates: [] };
  const hand = new Hand(planOf({ ...ungated, shift: [copied, ...ungated.shift] }, { ...capable, mirror: true }));
  hand.playTo('shifting');
  return then(hand, () => hand.settle(() => hand.state.watch !== null));
};
const holding = (): Hand =>
  then(shifting(), (hand) => {
    const write = hand.begin('route');
    hand.land(write);
    hand.accept(write);
    hand.observeRouting();
  });
const promoted = (): Hand => then(reached('retiring'), (hand) => hand.settle());
const retiring = (): Hand => then(promoted(), (hand) => hand.wait(3_600_000));
const failedGuardrail = (): Hand =>
  then(reached('baking', ungated), (hand) => {
    const evidence = { summary: '3.2 % errors, at most 1 % allowed, 1200 requests' };
    hand.tell({ ...guardrail, verdict: 'fail', evidence });
  });

/** Situations in which a release can be found, in the order of its life. */
export const situations: readonly Situation[] = [
  ['It was just requested', () => new Hand()],
  ['The router does not answer', () => then(new Hand(), (hand) => hand.failRead())],
  [
    'The first write was refused',
    () =>
      then(
        new Hand(),
        (hand) => hand.observeRouting(),
        (hand) => hand.refuse(hand.begin('route'), 'retry', 'connection refused'),
      ),
  ],
  [
    'The first write was never answered',
    () =>
      then(
        new Hand(),
        (hand) => hand.observeRouting(),
        (hand) => hand.refuse(hand.begin('route'), 'read-back'),
      ),
  ],
  [
    'The router holds no stamp of its writer',
    () => then(new Hand(planOf(policyOf(), trafficCapabilities({ fencing: 'none' }))), (hand) => hand.settle()),
  ],
  [
    'The slot to deploy to is still in use',
    () =>
      then(
        new Hand(),
        (hand) => hand.settle(() => hand.routing.shownAt !== null),
        (hand) => hand.observeRouting({ afterRestart: { kind: 'split', target: everythingTo('green') } }),
      ),
  ],
  [
    'The candidate starts',
    () =>
      then(
        claimed(),
        (hand) => hand.begin('converge'),
        (hand) => hand.observeSlot('green', { version: 'v2', releaseId: 'r1', desired: 3, ready: 1 }),
      ),
  ],
  [
    'The candidate does not start',
    () =>
      then(
        claimed(),
        (hand) => hand.begin('converge'),
        (hand) =>
          hand.observeSlot('green', {
            version: 'v2',
            releaseId: 'r1',
            desired: 3,
            ready: 0,
            whyNotReady: '0 of 3 ready: image not found',
          }),
      ),
  ],
  ['Checks run', verifying],
  ['A person is awaited', () => then(verifying(), (hand) => hand.settle())],
  [
    'Nobody approved in time, and the policy says pause',
    () =>
      then(
        verifying(),
        (hand) => hand.settle(),
        (hand) => hand.wait(600_000),
      ),
  ],
  ['A step is being written', () => then(shifting(), (hand) => hand.accept(hand.begin('route')))],
  [
    'The candidate lost an instance before a step',
    () => then(shifting(), (hand) => hand.observeSlot('green', { ready: 1 })),
  ],
  ['Requests are copied before any user comes', mirroring],
  ['A step is held', holding],
  [
    'A guardrail is blind',
    () =>
      then(holding(), (hand) =>
        hand.tell({ ...guardrail, verdict: 'error', evidence: { summary: 'prometheus: connection refused' } }),
      ),
  ],
  ['The router stops answering during a hold', () => then(holding(), (hand) => hand.failRead())],
  ['A person paused', () => then(holding(), (hand) => void hand.command('pause-requested'))],
  [
    'Somebody edited the router',
    () =>
      then(
        holding(),
        (hand) => hand.edit(50),
        (hand) => hand.observeRouting(),
      ),
  ],
  [
    'Our place in the router is gone',
    () =>
      then(holding(), (hand) =>
        hand.observeRouting({ routing: { kind: 'foreign', summary: 'no upstream for web' }, revision: 'gone' }),
      ),
  ],
  ['The bake', () => reached('baking', ungated)],
  ['A guardrail failed', failedGuardrail],
  [
    'The way back is refused',
    () => then(failedGuardrail(), (hand) => hand.refuse(hand.begin('route'), 'retry', 'connection refused')),
  ],
  ['A guardrail took it back', () => then(failedGuardrail(), (hand) => hand.playTo('rolled-back'))],
  [
    'A person took it back',
    () =>
      then(
        reached('baking'),
        (hand) => void hand.command('rollback-requested'),
        (hand) => hand.playTo('rolled-back'),
      ),
  ],
  [
    'The slot to go back to is dead',
    () =>
      then(
        reached('baking'),
        (hand) => {
          hand.ready.blue = 0;
        },
        (hand) => void hand.command('rollback-requested'),
        (hand) => hand.answer(),
      ),
  ],
  [
    'Who gets the users back is looked at first',
    () => then(reached('baking'), (hand) => void hand.command('rollback-requested')),
  ],
  [
    'The slot to go back to looks dead, to one read',
    () =>
      then(
        reached('baking'),
        (hand) => void hand.command('rollback-requested'),
        (hand) => hand.observeSlot('blue', { ready: 0 }),
      ),
  ],
  [
    'Neither slot has a ready instance',
    () =>
      then(
        reached('baking'),
        (hand) => hand.command('rollback-requested'),
        (hand) => hand.observeSlot('green', { ready: 0 }),
        (hand) => hand.twice(() => hand.observeSlot('blue', { ready: 0 })),
      ),
  ],
  [
    'The way back is closed',
    () =>
      then(
        reached('baking'),
        (hand) => void hand.command('rollback-requested'),
        (hand) => hand.refuse(hand.begin('route'), 'permanent', 'access denied'),
      ),
  ],
  ['It is promoted, the old slot is still warm', promoted],
  ['The old slot is being retired', () => then(retiring(), (hand) => hand.begin('converge'))],
  [
    "The old slot can't be retired",
    () =>
      then(
        retiring(),
        (hand) => hand.refuse(hand.begin('converge'), 'permanent', 'access denied'),
        (hand) => hand.observeSlot('blue'),
      ),
  ],
  ['It is over', () => reached('promoted')],
  [
    'It is over, and the policy keeps the old slot',
    () => reached('promoted', policyOf({ retire: { after: 'keep', candidate: 'keep', drainMs: 0 } })),
  ],
  [
    'Nobody can say who serves',
    () =>
      then(
        new Hand(),
        (hand) => {
          hand.target = everythingTo('blue', { weights: weights(50) });
        },
        (hand) => hand.twice(() => hand.observeRouting()),
      ),
  ],
  [
    'A first deployment fails under users',
    () =>
      then(
        new Hand(planOf(), { active: null }),
        (hand) => hand.playTo('baking'),
        (hand) => hand.twice(() => hand.observeSlot('blue', { ready: 0, whyNotReady: '0 of 2 ready: out of memory' })),
      ),
  ],
];
