import type { ErrorCode } from '@bluegreen/contract';
import type { CommandFact, Phase } from './index.js';
import { approvalGate, policyOf } from './plan.fixture.js';
import type { Hand } from './release.fixture.js';

export const policy = policyOf({ verify: { gates: [approvalGate('verify/go-live', 'continue')] } });
export type Held = 'freely' | 'paused' | 'drifted';
type Answers = Readonly<Record<CommandFact['type'], ErrorCode | null>>;

export interface Row {
  readonly phase: Phase;
  /** Brings a release there; `pause` is to be called where it can still be paused. */
  readonly reach: (hand: Hand, pause: () => void) => void;
  readonly firstDeploy?: boolean;
  readonly unpausable?: boolean;
  /** Nobody knows yet who serves, so nothing is ours that somebody else could change. */
  readonly undriftable?: boolean;
  readonly answers: Answers;
}

const notHere: Answers = {
  'approval-granted': 'release/approval-not-open',
  'gate-skip-requested': 'release/gate-not-open',
  'webhook-answered': 'release/gate-unknown',
  'pause-requested': null,
  'resume-requested': 'release/not-paused',
  'rollback-requested': null,
  'retry-requested': 'release/not-stuck',
  'retention-cut': 'release/not-retained',
};
const atEnd = Object.fromEntries(Object.keys(notHere).map((type) => [type, 'release/finished'])) as unknown as Answers;
const whenStuck: Answers = { ...notHere, 'pause-requested': 'release/not-pausable', 'retry-requested': null };

function play(phase: Phase): Row['reach'] {
  return (hand, pause) => {
    hand.playTo(phase);
    hand.settle(() => hand.routing.shownAt !== null && (phase !== 'verifying' || 'verify/go-live' in hand.state.gates));
    pause();
  };
}

/** The retirement of the old slot was begun. */
function tearDown(hand: Hand) {
  hand.playTo('retiring');
  hand.settle();
  hand.wait(3_600_000);
  hand.settle(() => hand.effect('converge') !== undefined);
  return hand.begin('converge');
}

function rollBack(hand: Hand): void {
  hand.playTo('baking');
  hand.settle();
  hand.command('rollback-requested');
}

/** Releases in every phase, and what each command gets there while nobody holds them. */
export const rows: Readonly<Record<string, Row>> = {
  preparing: { phase: 'preparing', reach: play('preparing'), answers: notHere },
  verifying: {
    phase: 'verifying',
    reach: play('verifying'),
    answers: { ...notHere, 'approval-granted': null, 'gate-skip-requested': null },
  },
  shifting: { phase: 'shifting', reach: play('shifting'), answers: notHere },
  baking: { phase: 'baking', reach: play('baking'), answers: notHere },
  retiring: { phase: 'retiring', reach: play('retiring'), answers: { ...notHere, 'retention-cut': null } },
  'baking a first deploy': {
    phase: 'baking',
    reach: play('baking'),
    firstDeploy: true,
    answers: { ...notHere, 'rollback-requested': 'release/nothing-to-return-to' },
  },
  'retiring, teardown begun': {
    phase: 'retiring',
    reach: (hand, pause) => {
      tearDown(hand);
      pause();
    },
    answers: { ...notHere, 'retention-cut': null, 'rollback-requested': 'release/teardown-begun' },
  },
  'rolling back': {
    phase: 'rolling-back',
    reach: (hand) => {
      rollBack(hand);
      const write = hand.begin('route');
      hand.land(write);
      hand.observeRouting();
    },
    unpausable: true,
    answers: {
      ...notHere,
      'pause-requested': 'release/not-pausable',
      'rollback-requested': 'release/rolling-back-already',
    },
  },
  'stuck at the start': {
    phase: 'stuck',
    reach: (hand, pause) => {
      pause();
      hand.twice(() => hand.observeRouting({ routing: { kind: 'foreign', summary: 'odd' }, revision: 'odd' }));
    },
    undriftable: true,
    answers: whenStuck,
  },
  'stuck after a first deploy': {
    phase: 'stuck',
    reach: (hand, pause) => {
      play('baking')(hand, pause);
      hand.ready.blue = 0;
      hand.twice(() => hand.observeSlot('blue'));
    },
    firstDeploy: true,
    answers: { ...whenStuck, 'rollback-requested': 'release/nothing-to-return-to' },
  },
  'stuck on the way back': {
    phase: 'stuck',
    reach: (hand) => {
      rollBack(hand);
      hand.refuse(hand.begin('route'), 'permanent');
    },
    unpausable: true,
    answers: whenStuck,
  },
  'stuck in teardown': {
    phase: 'stuck',
    reach: (hand, pause) => {
      const write = tearDown(hand);
      pause();
      hand.refuse(write, 'permanent');
      hand.observeSlot('blue');
    },
    answers: { ...whenStuck, 'rollback-requested': 'release/teardown-begun' },
  },
  promoted: {
    phase: 'promoted',
    reach: (hand, pause) => {
      play('retiring')(hand, pause);
      hand.command('retention-cut');
      hand.playTo('promoted');
    },
    answers: atEnd,
  },
  'rolled back': {
    phase: 'rolled-back',
    reach: (hand) => {
      rollBack(hand);
      hand.playTo('rolled-back');
    },
    unpausable: true,
    answers: atEnd,
  },
};
