import type { CompiledGate, CompiledPolicy } from './compiled-policy.js';
import { Fleet, fleetPlan } from './fleet.fixture.js';
import { nextState } from './next-state.js';
import { approvalGate, checkGate, planOf, policyOf } from './plan.fixture.js';
import { Hand, start } from './release.fixture.js';
import type { ReleasePlan } from './release-plan.js';
import type { ReleaseState } from './state.js';

interface Found {
  readonly state: ReleaseState;
  readonly at: number;
}

const several = { store: [], api: ['store'], web: ['api'] };
const hour = 3_600_000;

function verifying(gate: CompiledGate): Hand {
  const hand = new Hand(planOf(policyOf({ verify: { gates: [gate] } })));
  hand.playTo('verifying');
  hand.settle(() => gate.id in hand.state.gates);
  return hand;
}

function approval(patch: object): CompiledGate {
  return { ...approvalGate('verify/go-live'), ...patch } as CompiledGate;
}

function migrating(): Hand {
  const short: Partial<CompiledPolicy> = { retire: { after: 0, candidate: 'keep', drainMs: 0 } };
  const plan: ReleasePlan = {
    ...planOf(policyOf(short)),
    migrations: { expand: ['add-email'], contract: ['drop-mail'] },
  };
  return new Hand(plan);
}

function failHook(hand: Hand, attempts: number): void {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const hook = hand.effect('hook')!;
    hand.wait(Math.max(0, hook.notBefore - hand.at));
    hand.runHook(hook, 'the table is locked');
  }
}

/** Situations of operations: people, queues, calendars, databases and several services. */
export const operations: readonly (readonly [title: string, play: () => Found])[] = [
  [
    'It waits for its turn',
    () => ({
      at: start,
      state: nextState(null, { type: 'release-requested', at: start, id: 'r1', requestedBy: 'ci', plan: planOf() }),
    }),
  ],
  [
    'Two people have to approve, one did',
    () => {
      const hand = verifying(approval({ count: 2, byRequester: 'refused' }));
      hand.command('approval-granted');
      return hand;
    },
  ],
  [
    'Another system was asked and answers later',
    () => {
      const board = { ...checkGate('verify/board'), kind: 'webhook', expiresMs: hour, attempts: 3 } as CompiledGate;
      const hand = verifying(board);
      hand.judge(hand.effect('judge')!, 'inconclusive');
      return hand;
    },
  ],
  [
    'A gate failed and paused it, which somebody may skip',
    () => {
      const hand = verifying({ ...checkGate('verify/smoke'), onFailure: 'pause' } as CompiledGate);
      hand.judge(hand.effect('judge')!, 'fail');
      return hand;
    },
  ],
  [
    'The windows of the policy are closed',
    () => {
      const hand = new Hand({ ...planOf(), openings: [{ fromMs: start + hour, untilMs: start + 2 * hour }] });
      hand.playTo('shifting');
      hand.settle();
      return hand;
    },
  ],
  [
    'A migration runs before anything is deployed',
    () => {
      const hand = migrating();
      hand.settle(() => hand.effect('hook') !== undefined);
      failHook(hand, 1);
      return hand;
    },
  ],
  [
    'A migration failed before anything was deployed',
    () => {
      const hand = migrating();
      hand.settle(() => hand.effect('hook') !== undefined);
      failHook(hand, 5);
      hand.playTo('rolled-back');
      return hand;
    },
  ],
  [
    'A contract migration failed',
    () => {
      const hand = migrating();
      hand.playTo('retiring');
      hand.settle(() => hand.state.hooks['contract/drop-mail'] !== undefined);
      failHook(hand, 5);
      return hand;
    },
  ],
  [
    'A provider did not arrive at its step',
    () => {
      const fleet = new Fleet(fleetPlan(several));
      fleet.playTo('shifting');
      fleet.deaf.add('store');
      fleet.settle(() => false);
      return fleet;
    },
  ],
  [
    'One of several services can not go back',
    () => {
      const fleet = new Fleet(fleetPlan(several));
      fleet.playTo('baking');
      fleet.broken.add('store');
      fleet.command({
        type: 'rollback-requested',
        abort: false,
        command: 'c1',
        by: 'ann',
        reason: 'customers call',
      } as never);
      fleet.playTo('stuck');
      return fleet;
    },
  ],
  [
    'New services were requested together with running ones',
    () => {
      const fleet = new Fleet(fleetPlan(several), ['web']);
      fleet.playTo('stuck');
      return fleet;
    },
  ],
];
