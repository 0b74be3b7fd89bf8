import { everythingTo, weights } from '@bluegreen/contract';
import { Story } from './journal.fixture.js';
import { analysisGate, approvalGate, checkGate, policyOf, step } from './policy.fixture.js';

/** Journals of the situations that a report must show well, by name. */
export const stories = {
  justRequested: (): Story => new Story(),
  preparing: (): Story =>
    new Story()
      .readEverything()
      .startConverge('checkout', 'green', 'v42')
      .wait('12s')
      .readSlot('checkout', 'green', 'v42', 1, 3, 'image not found'),
  holding: (): Story => {
    const story = new Story().prepared().verified().reach(0);
    story.wait('30s').measure('shift[0]/errors', 'inconclusive', 0.002, 4_010, '; a full 2m needed');
    story.wait('30s').measure('shift[0]/errors', 'inconclusive', 0.0035, 8_120, '; a full 2m needed');
    story.wait('30s').measure('shift[0]/errors', 'inconclusive', 0.0028, 12_000, '; a full 2m needed');
    return story.wait('18s').measure('shift[0]/errors', 'pass', 0.0031, 41_208);
  },
  promoted: (): Story => promoted(new Story({ policy: policyOf({ guardrails: [analysisGate('guardrail')] }) })),
  finished: (): Story => {
    const story = promoted(new Story()).wait('1h').add({ type: 'teardown-begun', service: 'checkout', slot: 'blue' });
    story.startConverge('checkout', 'blue', null).wait('12s').readSlot('checkout', 'blue', null, 0, 0);
    story.add({ type: 'slot-retired', service: 'checkout', slot: 'blue' }).enter('promoted', 'retiring');
    return story.add({ type: 'release-finished', end: 'promoted' });
  },
  rolledBack: (): Story => {
    const story = new Story().prepared().verified().reach(0);
    story.wait('30s').measure('shift[0]/errors', 'inconclusive', 0.002, 310, '; a full 2m needed');
    story.wait('30s').measure('shift[0]/errors', 'inconclusive', 0.004, 602, '; a full 2m needed');
    story.wait('30s').measure('shift[0]/errors', 'inconclusive', 0.009, 905, '; a full 2m needed');
    story.wait('119s').measure('shift[0]/errors', 'fail', 0.062, 1_204).settle('shift[0]/errors', 'fail');
    const evidence = {
      summary: 'errors 6.2 % of 1,204 requests in 2m, limit 1 %',
      value: 0.062,
      limit: 0.01,
      samples: 1_204,
    };
    const cause = {
      code: 'gate-failed',
      from: 'shifting',
      gate: 'shift[0]/errors',
      message: `errors: ${evidence.summary}`,
      evidence,
    } as const;
    return story.rollBack(cause).returned('2s', cause);
  },
  neverReady: (): Story => {
    const story = new Story().readEverything().startConverge('checkout', 'green', 'v42').wait('12s');
    story.readSlot('checkout', 'green', 'v42', 1, 3, 'image not found').wait('10m');
    const message = 'green of checkout was not ready within 10m: image not found';
    const cause = { code: 'never-ready', from: 'preparing', message, at: story.at } as const;
    // Nothing was changed, so there is nothing to take back: one decision.
    story.enter('rolled-back', 'preparing').add({ type: 'release-rolled-back', cause });
    return story.add({ type: 'release-finished', end: 'rolled-back' });
  },
  abortedWhileVerifying: (): Story => {
    const story = new Story().prepared().wait('40s');
    story.add({ type: 'rollback-requested', command: 'c1', by: 'anna', reason: 'wrong version', abort: true });
    story.settle('verify/smoke', 'cancelled');
    const cause = { code: 'person-aborted', from: 'verifying', message: 'anna: wrong version', by: 'anna' } as const;
    return story.rollBack(cause).returned('1s', cause);
  },
  rolledBackWhileBaking: (): Story => {
    const story = new Story({ policy: policyOf({ guardrails: [analysisGate('guardrail')] }) }).prepared().verified();
    story.reach(0).hold(0).enterStep(1).reach(1).wait('7m');
    story.measure('guardrail/errors', 'fail', 0.034, 20_411).settle('guardrail/errors', 'fail');
    const evidence = {
      summary: 'errors 3.4 % of 20,411 requests in 2m, limit 1 %',
      value: 0.034,
      limit: 0.01,
      samples: 20_411,
    };
    const cause = {
      code: 'guardrail-failed',
      from: 'baking',
      gate: 'guardrail/errors',
      message: '',
      evidence,
    } as const;
    return story.rollBack(cause).returned('3s', cause);
  },
  waitingForApproval: (): Story => {
    const gates = [checkGate('verify', 'smoke'), approvalGate('verify', 'go-live')];
    const story = new Story({ policy: policyOf({ verify: { gates } }) }).prepared().wait('1s');
    return story
      .judge('verify/smoke', 'pass', { summary: 'GET /healthz → 200' })
      .wait('719s')
      .add({ type: 'time-passed' });
  },
  approved: (): Story => {
    const story = stories.waitingForApproval();
    story.add({ type: 'approval-granted', command: 'c1', gate: 'go-live', by: 'anna', reason: 'looks good' });
    return story.settle('verify/go-live', 'pass').verified();
  },
  paused: (): Story => {
    const story = stories.holding().wait('10s');
    story.add({ type: 'pause-requested', command: 'c1', by: 'anna', reason: 'looking at the logs' });
    story.add({ type: 'release-paused', reason: 'anna: looking at the logs' }).wait('45s');
    return story.add({
      type: 'command-refused',
      command: 'c2',
      requested: 'pause-requested',
      code: 'release/paused-already',
      by: 'bob',
    });
  },
  drifted: (): Story => {
    const story = stories.holding().wait('20s');
    story.readRouting('checkout', everythingTo('blue', { weights: weights(50) }), 'by-hand');
    const summary = 'routing is blue 50 / green 50, was blue 90 / green 10, and not by this release';
    return story
      .add({ type: 'routing-drifted', service: 'checkout', summary })
      .wait('25s')
      .add({ type: 'time-passed' });
  },
  recovered: (): Story => {
    const story = stories.holding().wait('250s');
    story.add({ type: 'orchestrator-resumed', owner: 'host-2', absentMs: 250_000, epochs: {} });
    return story.wait('5s').add({ type: 'time-passed' });
  },
  stuck: (): Story => {
    const story = new Story().prepared().verified().reach(0).wait('1m');
    const cause = { code: 'person-asked', from: 'shifting', message: 'anna: users complain', by: 'anna' } as const;
    story.add({ type: 'rollback-requested', command: 'c1', by: 'anna', reason: 'users complain', abort: false });
    story.settle('shift[0]/errors', 'cancelled').rollBack(cause);
    const message = 'POST http://router.internal:8080/state answered 503 Service Unavailable';
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const key = story.startRoute('checkout', 0);
      const failed = { outcome: 'failed', reaction: 'retry', code: 'nginx/unreachable', message } as const;
      story.wait('5s').add({ type: 'effect-settled', key, result: failed }).wait('15s');
    }
    const why = `checkout: the routing was not reached in 5 attempts: ${message}`;
    story.enter('stuck', 'rolling-back');
    story.add({ type: 'release-stuck', code: 'release/rollback-failed', from: 'rolling-back', message: why });
    return story.add({ type: 'release-finished', end: 'stuck' });
  },
  firstDeploy: (): Story => {
    const story = new Story({ versions: { checkout: [null, 'v1'] } }).prepared().verified().reach(0);
    return story.wait('5m').add({ type: 'time-passed' });
  },
  allAtOnce: (): Story => {
    const policy = policyOf({ verify: { gates: [] }, shift: [step(100)], bake: { forMs: 0, gates: [] } });
    const story = new Story({ policy }).prepared('21s').verified('1s').reach(0, '3s');
    return story.add(
      { type: 'phase-entered', phase: 'retiring', from: 'shifting' },
      { type: 'release-promoted', retainUntil: story.at + 3_600_000 },
    );
  },
  manySteps: (): Story => {
    const percents = [0.1, 1, 2, 5, 10, 20, 30, 40, 50, 60, 75, 90, 100];
    const shift = percents.map((percent, index) => step(percent, '10m', { gates: [analysisGate(`shift[${index}]`)] }));
    const first = step(0, '10m', { audiences: ['internal'] });
    const story = new Story({ policy: policyOf({ shift: [first, ...shift] }) }).prepared().verified();
    story.reach(0).hold(0);
    for (const index of [1, 2, 3, 4]) story.enterStep(index).reach(index).hold(index);
    return story.enterStep(5).wait('1s').add({ type: 'time-passed' });
  },
  severalServices: (): Story => {
    const versions = {
      checkout: ['v41', 'v42'],
      'shopping-cart': ['2026.11.3', '2026.11.4'],
      search: ['7', '8'],
    } as const;
    const gates = [analysisGate('shift[0]')];
    const policy = policyOf({ shift: [step(25, '5m', { gates }), step(100)] });
    const story = new Story({ versions, policy }).prepared().verified();
    story.route('checkout', 25).route('search', 25).startRoute('shopping-cart', 25);
    return story.wait('3s').add({ type: 'time-passed' });
  },
} satisfies Record<string, () => Story>;

function promoted(story: Story): Story {
  story.prepared().verified().reach(0);
  if (story.policy.guardrails.length > 0) story.measure('guardrail/errors', 'pass', 0.0029, 39_800);
  story.hold(0).enterStep(1).reach(1).wait('30m');
  if (story.policy.guardrails.length > 0) story.settle('guardrail/errors', 'pass');
  story.enter('retiring', 'baking');
  return story.add({ type: 'release-promoted', retainUntil: story.at + 3_600_000 });
}
