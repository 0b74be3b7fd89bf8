import { type ErrorCode, errorCodes } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { type Held, policy, type Row, rows } from './commands.fixture.js';
import { type CommandFact, nextState, type Phase, type ReleaseState, refusal } from './index.js';
import { planOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

function reached({ phase, reach, firstDeploy }: Row, held: Held): Hand {
  const hand = new Hand(planOf(policy), { active: firstDeploy === true ? null : 'blue' });
  reach(hand, () => {
    if (held === 'paused') expect(hand.command('pause-requested')).toBeNull();
  });
  if (held === 'drifted') {
    hand.edit(30);
    hand.lookOn(2_000);
  }
  expect([hand.state.phase, hand.state.paused !== null, hand.isDrifted]).toEqual([
    phase,
    held === 'paused',
    held === 'drifted',
  ]);
  return hand;
}

function answerOf({ phase, answers }: Row, held: Held, type: CommandFact['type']): ErrorCode | null {
  if (held === 'freely' || phase === 'promoted' || phase === 'rolled-back') return answers[type];
  if (type === 'resume-requested') return phase === 'stuck' ? 'release/not-paused' : null;
  return type === 'pause-requested' && held === 'paused' && phase !== 'stuck'
    ? 'release/paused-already'
    : answers[type];
}

function commandOf(hand: Hand, type: CommandFact['type'], gate = 'go-live'): CommandFact {
  return { type, at: hand.at, command: 'said', by: 'bob', reason: 'so', gate, abort: false } as CommandFact;
}

/** What has to be true after a command that was done. */
const done: Readonly<Record<CommandFact['type'], (before: ReleaseState, after: ReleaseState) => void>> = {
  'approval-granted': (_, { gates }) => expect(gates['verify/go-live']).toMatchObject({ verdict: 'pass', by: 'bob' }),
  'gate-skip-requested': (_, { gates }) =>
    expect(gates['verify/go-live']).toMatchObject({ closed: 'skipped', by: 'bob' }),
  'webhook-answered': () => expect.unreachable('the policy of these releases has no webhook'),
  'pause-requested': (_, { paused }) => expect(paused?.by).toBe('bob'),
  'resume-requested': (_, { paused, services }) =>
    expect([paused, services.web?.routing.drifted]).toEqual([null, null]),
  'rollback-requested': (_, { cause }) => expect(cause).toMatchObject({ code: 'person-asked', by: 'bob' }),
  'retry-requested': (before, after) =>
    expect(after.phase).toBe(before.stuck!.from === 'baking' ? 'preparing' : before.stuck!.from),
  'retention-cut': (_, { retentionCut }) => expect(retentionCut).toBe(true),
};

describe.each(Object.entries(rows))('a command to a release that is %s', (_, row) => {
  const ways = (['freely', 'paused', 'drifted'] as const).filter(
    (held) => !(held === 'paused' && row.unpausable) && !(held === 'drifted' && row.undriftable),
  );
  it.each(ways)('%s: is done, or refused with its code and no change', (held) => {
    for (const type of Object.keys(done) as CommandFact['type'][]) {
      const hand = reached(row, held);
      const before = hand.state;
      const command = commandOf(hand, type);
      const code = refusal(before, command);
      expect([type, code]).toEqual([type, answerOf(row, held, type)]);
      const after = nextState(before, command);
      if (code !== null) {
        expect(errorCodes).toHaveProperty([code]);
        expect(after, type).toBe(before);
        continue;
      }
      expect(after.commands).toEqual([...before.commands, 'said']);
      done[type](before, after);
      const again = refusal(after, command);
      expect(again).toBe('release/command-repeated');
      expect(nextState(after, command), type).toBe(after);
    }
  });
});

describe('commands', () => {
  it('are tried in every phase', () => {
    const phases: Readonly<Record<Phase, true>> = {
      preparing: true,
      verifying: true,
      shifting: true,
      baking: true,
      retiring: true,
      'rolling-back': true,
      stuck: true,
      promoted: true,
      'rolled-back': true,
    };
    expect(new Set(Object.values(rows).map(({ phase }) => phase))).toEqual(new Set(Object.keys(phases)));
  });

  it('name an approval by its name or its id, and no other gate', () => {
    const hand = reached(rows.verifying!, 'freely');
    expect(refusal(hand.state, commandOf(hand, 'approval-granted', 'verify/go-live'))).toBeNull();
    expect(refusal(hand.state, commandOf(hand, 'approval-granted', 'other'))).toBe('release/approval-unknown');
  });

  it('say whether a rollback was an abort', () => {
    const hand = reached(rows.baking!, 'freely');
    const { state } = hand;
    const abort = { ...commandOf(hand, 'rollback-requested'), abort: true } as CommandFact;
    expect(nextState(state, abort).cause?.code).toBe('person-aborted');
  });
});
