import { isBluegreenError } from '@bluegreen/contract';
import { type Attempt, attempt, wait, within } from '../patience.js';
import { reactionOf, readReactionOf } from '../reaction-of.js';
import { broken, notDeclared, type Rule } from '../rule.js';
import { describeError } from '../run-rule.js';
import { secretIn } from '../secret-in.js';
import { type ConvergeGiven, describeEnvironment, type EnvironmentTrial } from './environment-trial.js';

/** Calls that are given up, hang, or lose their answer; and what must not come out. */
export const troubleRules: readonly Rule<EnvironmentTrial>[] = [
  {
    id: 'environment-abort-before',
    title: 'does nothing when the call was aborted before it began',
    why: 'A rollback had cancelled the deployment, and it was still carried out.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      const signal = AbortSignal.abort();
      const { error } = await trial.converge(trial.retired('blue'), { signal });
      if (error === null) broken('a write with an aborted signal was taken');
      await wait(trial.clock, Math.min(trial.capabilities.lateWriteMs, 500));
      trial.same('a write with an aborted signal', before, await trial.observe('blue'));
    },
  },
  {
    id: 'environment-late-write',
    title: 'lets no write take effect later than `lateWriteMs` after it was aborted',
    why: 'A deployment that had timed out replaced the version that was released after it.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const { lateWriteMs } = trial.capabilities;
      const [first, second] = trial.bench.versions.good;
      for (const [round, delayMs] of (lateWriteMs > 2_000 ? [1] : [0, 1, 5, 20]).entries()) {
        await aborted(trial, trial.target('blue', round % 2 === 0 ? second : first), delayMs);
        await wait(trial.clock, lateWriteMs);
        const settled = await trial.observe('blue');
        await wait(trial.clock, 200);
        const { version, releaseId } = await trial.observe('blue');
        if (version !== settled.version || releaseId !== settled.releaseId) {
          broken(`${lateWriteMs + 200} ms after the abort ${settled.version} became ${version}`);
        }
      }
    },
  },
  {
    id: 'environment-hung-read',
    title: 'gives up a read that gets no answer, soon after it is aborted',
    why: 'A release stood still for an hour behind one socket that nobody closed.',
    needs: ['hang'],
    async check(trial) {
      await trial.begin();
      const release = await trial.harness.hang!();
      const controller = new AbortController();
      const reading = attempt(() => trial.adapter.observe('blue', { signal: controller.signal }));
      trial.clock.setTimeout(() => controller.abort(), 50);
      const seen = await within(trial.clock, 50 + trial.abortMs, 'a hung read, aborted after 50 ms,', reading);
      await release();
      if (seen.error === null) broken(`a read that got no answer answered ${describeEnvironment(seen.value)}`);
      await trial.settle(trial.unchanged('blue'));
    },
  },
  {
    id: 'environment-hung-write',
    title: 'gives up a write that gets no answer, soon after it is aborted, as an unknown outcome',
    why: 'A deployment that timed out was reported as refused, so nobody looked whether it had begun.',
    needs: ['hang'],
    async check(trial) {
      await trial.begin();
      const release = await trial.harness.hang!();
      const { error } = await aborted(trial, trial.target('green', trial.bench.versions.good[1]), 50);
      await release();
      if (error === null) broken('a write that got no answer was reported as accepted');
      if (!['read-back', 'retry'].includes(reactionOf(error))) {
        broken(`a write that got no answer was refused as \`${reactionOf(error)}\`: ${describeError(error)}`);
      }
    },
  },
  {
    id: 'environment-lost-reply',
    title: 'says `read-back` when a write took effect and its answer was lost; the read then shows it',
    why: 'A reset after the request was taken for "nothing happened", and the version was deployed twice.',
    needs: ['loseReply'],
    async check(trial) {
      await trial.begin();
      const target = trial.target('green', trial.bench.versions.good[1]);
      const fence = trial.nextFence();
      await trial.harness.loseReply!();
      const { error } = await trial.converge(target, { fence, key: 'conformance/lost' });
      if (error !== null && reactionOf(error) !== 'read-back') {
        broken(`the outcome is unknown, and the reaction is \`${reactionOf(error)}\`: ${describeError(error)}`);
      }
      const shown = await trial.until(async () => {
        const seen = await trial.observe('green');
        return seen.version === trial.bench.versions.good[1] && seen.ready > 0 ? seen : null;
      });
      if (shown === null)
        broken(`it took effect, and the read is ${describeEnvironment(await trial.observe('green'))}`);
    },
  },
  {
    id: 'environment-outage',
    title: 'fails while the provider cannot be reached, as something that may pass; never answers "empty"',
    why: 'A provider that was down read as two empty slots: a running service looked like a first deploy.',
    needs: ['disconnect'],
    async check(trial) {
      await trial.begin();
      const reconnect = await trial.harness.disconnect!();
      const read = await attempt(() => trial.observe('blue'));
      const { error } = await trial.converge(trial.retired('blue'));
      await reconnect();
      if (read.error === null) broken(`a read without a provider answered ${describeEnvironment(read.value)}`);
      if (['permanent', 'fenced', 'recompute'].includes(readReactionOf(read.error))) {
        broken(`a read without a provider failed as \`${readReactionOf(read.error)}\`: ${describeError(read.error)}`);
      }
      if (error === null) broken('a write without a provider was reported as accepted');
      if (!['retry', 'read-back'].includes(reactionOf(error))) {
        broken(`a write without a provider failed as \`${reactionOf(error)}\`: ${describeError(error)}`);
      }
      await trial.settle(trial.unchanged('blue'));
    },
  },
  {
    id: 'environment-neighbours-kept',
    title: 'leaves everything beside its own objects as it is, byte for byte',
    why: 'A retire by label removed the jobs of another team.',
    needs: ['neighbours'],
    async check(trial) {
      const before = await trial.harness.neighbours!();
      await trial.begin();
      await trial.settle(trial.target('green', trial.bench.versions.good[1]));
      await trial.settle(trial.retired('blue'));
      const after = await trial.harness.neighbours!();
      if (after !== before) broken('what lies beside it is not what it was');
    },
  },
  {
    id: 'environment-errors-coded',
    title: 'refuses with errors that have a code, a hint and a reaction',
    why: 'An error without a reaction is taken for an unknown outcome, and tried again and again.',
    needs: [],
    async check(trial) {
      await trial.begin();
      if (!trial.isStamped) return notDeclared('fencing is `none`, so there is nothing that it must refuse');
      const { error } = await trial.converge(trial.unchanged('blue'), { fence: { epoch: 0, sequence: 1 } });
      if (error === null) broken('the write of an older owner was taken');
      if (!isBluegreenError(error)) return broken(`not a BluegreenError: ${describeError(error)}`);
      if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(error.code)) broken(`the code is ${JSON.stringify(error.code)}`);
      if (error.hint.trim() === '') broken(`${error.code} has no hint`);
    },
  },
  {
    id: 'environment-arguments-kept',
    title: 'leaves the target that it is given as it is',
    why: 'An adapter that wrote its defaults into the parameters changed the plan of the release.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const target = structuredClone(trial.target('green', trial.bench.versions.good[1]));
      const before = JSON.stringify(target);
      await trial.settle(target);
      if (JSON.stringify(target) !== before) broken(`the target became ${JSON.stringify(target)}`);
    },
  },
  {
    id: 'environment-secrets',
    title: 'lets no secret that it was told into an error, a read, its name or its resource',
    why: 'The reason why an instance was not ready was a log line with a password, and it went into the journal.',
    needs: [],
    async check(trial) {
      const { secrets } = trial.bench;
      if (secrets.length === 0) return notDeclared('it is told no secret');
      const found = (what: string, value: unknown) => {
        const where = secretIn(value, secrets);
        if (where !== null) broken(`${what} holds a secret, at ${where}`);
      };
      found('the name', trial.adapter.name);
      found('the resource', trial.adapter.resource);
      found('a read', await trial.begin());
      const older = await trial.converge(trial.unchanged('blue'), { fence: { epoch: 0, sequence: 1 } });
      found('the error of an older owner', older.error);
      const read = await attempt(() => trial.observe('blue', trial.adapter, AbortSignal.abort()));
      found('the error of an aborted read', read.error);
      if (trial.harness.disconnect === undefined) return;
      const reconnect = await trial.harness.disconnect();
      const blind = await attempt(() => trial.observe('blue'));
      const write = await trial.converge(trial.unchanged('blue'));
      await reconnect();
      found('the error of a read without a provider', blind.error);
      found('the error of a write without a provider', write.error);
    },
  },
];

/** A write that is given up after `delayMs`, or that was quicker. It must end soon after. */
async function aborted(
  trial: EnvironmentTrial,
  target: ReturnType<EnvironmentTrial['target']>,
  delayMs: number,
  given: ConvergeGiven = {},
): Promise<Attempt<void>> {
  const controller = new AbortController();
  const timer = trial.clock.setTimeout(() => controller.abort(), delayMs);
  const writing = trial.converge(target, { ...given, signal: controller.signal });
  const outcome = await within(trial.clock, delayMs + trial.abortMs, `a write aborted after ${delayMs} ms`, writing);
  trial.clock.clearTimeout(timer);
  return outcome;
}
