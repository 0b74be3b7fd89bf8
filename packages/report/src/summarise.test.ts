import { describe, expect, it } from 'vitest';
import { Story, startedAt } from './journal.fixture.js';
import { policyOf, step } from './policy.fixture.js';
import { stories } from './stories.fixture.js';
import { nextSummary, summarise } from './summarise.js';
import type { ReleaseSummary } from './summary.js';

const summaryOf = (story: Story): ReleaseSummary => summarise(story.records)!;

describe('summarise', () => {
  it('knows nothing of a journal without a release', () => {
    expect(summarise([])).toBeNull();
    expect(summarise(new Story().records.slice(1))).toBeNull();
  });

  it('gives the same one record at a time', () => {
    for (const story of Object.values(stories)) {
      const { records } = story();
      let summary: ReleaseSummary | null = null;
      for (const record of records) summary = nextSummary(summary, record);
      expect(summary).toEqual(summarise(records));
    }
  });

  it('leaves what it was given as it is', () => {
    const { records } = stories.rolledBack();
    const before = summarise(records.slice(0, -5))!;
    const copy = structuredClone(before);
    for (const record of records.slice(-5)) nextSummary(before, record);
    expect(before).toEqual(copy);
  });

  it('ignores events of a newer version', () => {
    const story = stories.holding();
    const unknown = { seq: 99, epoch: 1, event: { type: 'weather-changed', at: story.at } };
    expect(summarise([...story.records, unknown])).toEqual(summaryOf(story));
  });

  it('reads from routing who serves, and the versions from the slots', () => {
    const [service] = summaryOf(stories.preparing()).services;
    expect(service).toMatchObject({ roles: { active: 'blue', candidate: 'green' }, weights: { blue: 100, green: 0 } });
    expect(service!.slots.blue.initialVersion).toBe('v41');
  });

  it('takes the first slot that is deployed for the candidate where nothing is routed', () => {
    expect(summaryOf(stories.firstDeploy()).services[0]!.roles).toEqual({ active: null, candidate: 'blue' });
  });

  it('says when each step was entered, reached and left, and what was observed', () => {
    const [first, second] = summaryOf(stories.promoted()).steps;
    const since = (at: number | null): number => at! - startedAt;
    expect([since(first!.enteredAt), since(first!.reachedAt), since(first!.endedAt)]).toEqual([
      39_000, 41_000, 341_000,
    ]);
    expect(first!.observed).toEqual([{ service: 'checkout', percent: 10 }]);
    expect(second!.observed).toEqual([{ service: 'checkout', percent: 100 }]);
  });

  it('takes the last step for reached when the bake begins, which is all that is announced', () => {
    expect(summaryOf(stories.firstDeploy()).steps).toMatchObject([{ percent: 100, reachedAt: startedAt + 41_000 }]);
  });

  it('takes traffic for returned when the release is rolled back', () => {
    const story = stories.neverReady();
    expect(summaryOf(story)).toMatchObject({ rollbackBegunAt: null, services: [{ trafficReturnedAt: story.at }] });
  });

  it('notes when a candidate with users loses instances, at its worst, and when it has them back', () => {
    const story = stories.holding().readSlot('checkout', 'green', 'v42', 2, 3, 'restarting').wait('3s');
    story.readSlot('checkout', 'green', 'v42', 1, 3, 'out of memory').wait('4s');
    expect(summaryOf(story).dips).toMatchObject([{ until: null, reading: { ready: 1, whyNotReady: 'out of memory' } }]);
    story.readSlot('checkout', 'green', 'v42', 3, 3).wait('1m');
    expect(summaryOf(story).dips.map(({ at, until }) => until! - at)).toEqual([7_000]);
  });

  it('says who approved and how long that took', () => {
    const gate = summaryOf(stories.approved()).gates.find(({ gate: { name } }) => name === 'go-live');
    expect(gate!.attempts[0]!.approval).toEqual({ by: 'anna', reason: 'looks good', waitedMs: 720_000 });
  });

  it('credits nobody with an approval that passed by the clock', () => {
    const story = stories.waitingForApproval().wait('48m').settle('verify/go-live', 'pass');
    const gate = summaryOf(story).gates.find(({ gate: { name } }) => name === 'go-live');
    expect(gate!.attempts[0]).toMatchObject({ verdict: 'pass', approval: null });
  });

  it('moves a hold by the time that nobody watched', () => {
    const before = summaryOf(stories.holding()).steps[0]!.holdsUntil!;
    const { steps, recoveries } = summaryOf(stories.recovered());
    expect(steps[0]!.holdsUntil).toBe(before + 250_000);
    expect(recoveries).toMatchObject([{ owner: 'host-2', absentMs: 250_000, place: { run: 0, phase: 2, step: 0 } }]);
  });

  it('takes the first owner for no recovery', () => {
    expect(summaryOf(new Story())).toMatchObject({ owner: 'host-1', recoveries: [] });
  });

  it('ends a drift when the routing changes again, and moves the hold by as much', () => {
    const drifted = stories.drifted();
    const hold = summaryOf(drifted).steps[0]!.holdsUntil!;
    const back = summaryOf(drifted.readRouting('checkout', drifted.targetOf('checkout', 10), 'write-2'));
    expect(back.drifts).toMatchObject([{ until: drifted.at }]);
    expect(back.steps[0]!.holdsUntil).toBe(hold + 25_000);
  });

  it('counts how long users met the candidate', () => {
    const { exposure } = summaryOf(stories.rolledBack()).services[0]!;
    expect(exposure).toEqual({ since: null, earlierMs: 211_000 });
  });

  it('keeps every write with its failure', () => {
    const failed = summaryOf(stories.stuck()).writes.filter(({ failure }) => failure !== null);
    expect(failed).toHaveLength(5);
    expect(failed[0]).toMatchObject({ kind: 'route', greenPercent: 0, failure: { code: 'nginx/unreachable' } });
  });

  it('notes a refused command with its code', () => {
    const [given, refused] = summaryOf(stories.paused()).commands;
    expect(given).toMatchObject({ requested: 'pause-requested', by: 'anna', refused: null });
    expect(refused).toMatchObject({ requested: 'pause-requested', by: 'bob', refused: 'release/paused-already' });
  });

  it('begins a new run when a stuck release is tried again from the start', () => {
    const story = new Story({
      versions: { checkout: [null, 'v1'] },
      policy: policyOf({ shift: [step(100)] }),
    }).prepared();
    story.enter('stuck', 'verifying');
    story.add({ type: 'release-stuck', code: 'release/first-deploy-failed', from: 'verifying', message: 'no luck' });
    story.add({ type: 'release-finished', end: 'stuck' }).wait('5m').enter('preparing', 'stuck');
    const summary = summaryOf(story);
    expect(summary).toMatchObject({ outcome: null, stuck: null, phase: 'preparing' });
    expect(summary.phases.map(({ phase }) => phase)).toEqual(['preparing']);
    expect(summary.earlierRuns).toEqual([{ startedAt, endedAt: startedAt + 38_000, message: 'no luck' }]);
  });
});
