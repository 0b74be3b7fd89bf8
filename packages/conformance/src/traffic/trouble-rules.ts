import type { TrafficObservation } from '@bluegreen/contract';
import { type Attempt, attempt, wait, within } from '../patience.js';
import { reactionOf, readReactionOf } from '../reaction-of.js';
import { broken, notDeclared, type Rule } from '../rule.js';
import { describeError } from '../run-rule.js';
import { secretIn } from '../secret-in.js';
import { describeObservation } from './describe-routing.js';
import type { TrafficTrial } from './traffic-trial.js';

/** Calls that are given up, hang, or lose their answer. */
export const troubleRules: readonly Rule<TrafficTrial>[] = [
  {
    id: 'traffic-abort-before',
    title: 'does nothing when the call was aborted before it began',
    why: 'A rollback had cancelled the step, and the step was still carried out.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      const signal = AbortSignal.abort();
      const { error } = await trial.write(trial.target(100), { signal });
      if (error === null) broken('a write with an aborted signal was taken');
      await wait(trial.clock, Math.min(trial.capabilities.lateWriteMs, 500));
      trial.unchanged('a write with an aborted signal', before, await trial.observe());
    },
  },
  {
    id: 'traffic-late-write',
    title: 'lets no write land later than `lateWriteMs` after it was aborted',
    why: 'A hung 50/50 landed on a slot that was retired meanwhile.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const { lateWriteMs } = trial.capabilities;
      const delays = [0, 1, 2, 3, 5, 10, 25].slice(
        0,
        Math.max(1, Math.min(7, Math.floor(10_000 / Math.max(1, lateWriteMs)))),
      );
      for (const [round, delayMs] of delays.entries()) {
        const { revision } = await trial.observe();
        const target = trial.target(round % 2 === 0 ? 100 : 0, { fallback: round % 2 === 0 ? 'green' : 'blue' });
        await abortedWrite(trial, target, delayMs, revision);
        await wait(trial.clock, lateWriteMs);
        const settled = await trial.observe();
        await wait(trial.clock, 200);
        trial.unchanged(`a write aborted ${lateWriteMs + 200} ms ago`, settled, await trial.observe());
      }
    },
  },
  {
    id: 'traffic-hung-read',
    title: 'gives up a read that gets no answer, soon after it is aborted',
    why: 'A release stood still for an hour behind one socket that nobody closed.',
    needs: ['hang'],
    async check(trial) {
      await trial.begin();
      const release = await trial.harness.hang!();
      const controller = new AbortController();
      const reading = attempt(() => trial.adapter.observe({ signal: controller.signal }));
      trial.clock.setTimeout(() => controller.abort(), 50);
      const seen = await within(trial.clock, 50 + trial.abortMs, 'a hung read, aborted after 50 ms,', reading);
      await release();
      if (seen.error === null) broken(`a read that got no answer answered ${describeObservation(seen.value)}`);
      await trial.settle(trial.target(100));
    },
  },
  {
    id: 'traffic-hung-write',
    title: 'gives up a write that gets no answer, soon after it is aborted, as an unknown outcome',
    why: 'A write that timed out was reported as refused, so nobody looked whether it had landed.',
    needs: ['hang'],
    async check(trial) {
      await trial.begin();
      const before = await trial.observe();
      const target = trial.target(100);
      const release = await trial.harness.hang!();
      const fence = trial.nextFence();
      const { error } = await abortedWrite(trial, target, 50, before.revision, fence);
      await release();
      // A write that needs no answer may be accepted, but then it has to be there.
      if (error === null) await trial.shows(target, fence);
      else if (!['read-back', 'retry'].includes(reactionOf(error))) {
        broken(`a write that got no answer was refused as \`${reactionOf(error)}\`: ${describeError(error)}`);
      }
      await wait(trial.clock, trial.capabilities.lateWriteMs);
      const settled = await trial.observe();
      await wait(trial.clock, 200);
      trial.unchanged('a write after `lateWriteMs`', settled, await trial.observe());
      await trial.settle(trial.target(0, { candidate: null }));
    },
  },
  {
    id: 'traffic-lost-reply',
    title: 'says `read-back` when a write took effect and its answer was lost; the read then shows it',
    why: 'A reset after the request was taken for "nothing happened", and the write was sent again over a newer one.',
    needs: ['loseReply'],
    async check(trial) {
      const before = await trial.begin();
      const target = trial.target(100);
      const fence = trial.nextFence();
      await trial.harness.loseReply!();
      const { error } = await trial.write(target, { fence, revision: before.revision, key: 'conformance/lost' });
      if (error !== null && reactionOf(error) !== 'read-back') {
        broken(`the outcome is unknown, and the reaction is \`${reactionOf(error)}\`: ${describeError(error)}`);
      }
      const shown = await trial.shows(target, fence);
      await trial.write(target, { fence, revision: before.revision, key: 'conformance/lost' });
      trial.unchanged('the same write again', shown, await trial.observe());
      await trial.settle(trial.target(0, { candidate: null }));
    },
  },
  {
    id: 'traffic-outage',
    title: 'fails while the provider cannot be reached, as something that may pass; never answers "nothing there"',
    why: 'A provider that was down read as `unrouted`: a running service looked like a first deploy.',
    needs: ['disconnect'],
    async check(trial) {
      const before = await trial.begin();
      const reconnect = await trial.harness.disconnect!();
      const read = await attempt(() => trial.observe());
      const target = trial.target(100);
      const fence = trial.nextFence();
      const { error } = await trial.write(target, { revision: before.revision, fence });
      await reconnect();
      if (read.error === null) broken(`a read without a provider answered ${describeObservation(read.value)}`);
      if (['permanent', 'fenced', 'recompute'].includes(readReactionOf(read.error))) {
        broken(`a read without a provider failed as \`${readReactionOf(read.error)}\`: ${describeError(read.error)}`);
      }
      if (error === null) await trial.shows(target, fence);
      else if (!['retry', 'read-back'].includes(reactionOf(error))) {
        broken(`a write without a provider failed as \`${reactionOf(error)}\`: ${describeError(error)}`);
      }
      await trial.settle(trial.target(0, { candidate: null }));
    },
  },
  {
    id: 'traffic-secrets',
    title: 'lets no secret that it was told into an error, a read, its name or its resource',
    why: 'An error with the request in it put a token into the journal and the chat of the team.',
    needs: [],
    async check(trial) {
      const { secrets } = trial.bench;
      if (secrets.length === 0) return notDeclared('it is told no secret');
      const { adapter, harness } = trial;
      const found = (what: string, value: unknown) => {
        const where = secretIn(value, secrets);
        if (where !== null) broken(`${what} holds a secret, at ${where}`);
      };
      found('the name', adapter.name);
      found('the resource', adapter.resource);
      found('a read', await trial.begin());
      for (const [what, error] of await provoked(trial)) found(what, error);
      if (harness.disconnect !== undefined) {
        const reconnect = await harness.disconnect();
        const read = await attempt(() => trial.observe());
        const write = await trial.write(trial.target(100), { revision: 'any' });
        await reconnect();
        found('the error of a read without a provider', read.error);
        found('the error of a write without a provider', write.error);
      }
      if (harness.loseReply !== undefined) {
        const { revision } = await trial.observe();
        await harness.loseReply();
        found('the error of a write without an answer', (await trial.write(trial.target(100), { revision })).error);
      }
    },
  },
];

/** Errors that every adapter makes. */
async function provoked(trial: TrafficTrial): Promise<readonly (readonly [string, unknown])[]> {
  const aborted = await attempt(() => trial.observe(trial.adapter, AbortSignal.abort()));
  const refused = await trial.write(trial.target(100), { revision: 'no-such-revision' });
  const older = await trial.write(trial.target(100), { fence: { epoch: 0, sequence: 1 } });
  const bad = await trial.write({ ...trial.target(0), mirror: { slot: 'green', percent: 100 }, preview: 'green' });
  return [
    ['the error of an aborted read', aborted.error],
    ['the error of an unexpected revision', refused.error],
    ['the error of an older owner', older.error],
    ['the error of a target with a mirror and a preview', bad.error],
  ];
}

/** A write that is given up after `delayMs`, or that was quicker. It must end soon after. */
async function abortedWrite(
  trial: TrafficTrial,
  target: ReturnType<TrafficTrial['target']>,
  delayMs: number,
  revision: TrafficObservation['revision'],
  fence = trial.nextFence(),
): Promise<Attempt<void>> {
  const controller = new AbortController();
  const timer = trial.clock.setTimeout(() => controller.abort(), delayMs);
  const writing = trial.write(target, { revision, fence, signal: controller.signal });
  const outcome = await within(trial.clock, delayMs + trial.abortMs, `a write aborted after ${delayMs} ms`, writing);
  trial.clock.clearTimeout(timer);
  return outcome;
}
