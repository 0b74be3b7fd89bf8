import { isBluegreenError, type Reaction } from '@bluegreen/contract';
import type { EnvironmentBench } from '../environment/environment-bench.js';
import { type EnvironmentFlaws, memoryEnvironmentBench } from './memory-environment.fixture.js';
import { secret } from './memory-router.fixture.js';
import type { Mutant } from './mutant.fixture.js';
import { refusal } from './refusal.fixture.js';

function mutant(rule: string, flaw: string, flaws: EnvironmentFlaws): Mutant<EnvironmentBench> {
  return { rule: `environment-${rule}`, flaw, makeBench: () => memoryEnvironmentBench(flaws) };
}

/** The same failures, told wrongly. */
function telling(rule: string, flaw: string, from: Reaction, to: Reaction): Mutant<EnvironmentBench> {
  return mutant(rule, flaw, {
    adapter: (good) => ({
      converge: (target, call) =>
        good.converge(target, call).catch((error: unknown) => {
          throw isBluegreenError(error) && error.reaction === from ? refusal(to) : error;
        }),
    }),
  });
}

/** One broken environment, at least, for every rule. */
export const environmentMutants: readonly Mutant<EnvironmentBench>[] = [
  mutant('declarations', 'late writes for ever', {
    adapter: ({ capabilities }) => ({ capabilities: { ...capabilities, lateWriteMs: Number.POSITIVE_INFINITY } }),
  }),
  mutant('declarations', 'each client names its resource anew', {
    adapter: (_, provider) => ({ resource: `memory-environment:${provider.version++}` }),
  }),
  mutant('begins-empty', 'an empty slot runs something unknown', {
    read: (seen) => ({ ...seen, version: seen.version ?? 'unknown' }),
  }),
  mutant('reads-change-nothing', 'a read wakes an instance', {
    adapter: (good, provider) => ({
      async observe(slot, call) {
        const { blue } = provider.value.slots;
        if (blue.version !== null && slot === 'blue') {
          provider.set({
            ...provider.value,
            slots: { ...provider.value.slots, blue: { ...blue, desired: blue.desired + 1 } },
          });
        }
        return good.observe(slot, call);
      },
    }),
  }),
  mutant('deploys', 'accepts and forgets', {
    store: (next, target, before) => (target.slot === 'green' ? before : next),
  }),
  mutant('other-slot', 'both slots share one configuration', {
    storeAll: (next, { slot }) => ({ ...next, slots: { blue: next.slots[slot], green: next.slots[slot] } }),
  }),
  mutant('replaces', 'the first version stays', {
    store: (next, _, before) => (before.version === null ? next : { ...next, version: before.version }),
  }),
  mutant('same-version-again', 'the same version is nothing to do', {
    store: (next, { release }, before) =>
      typeof release === 'object' && release?.version === before.version ? before : next,
  }),
  mutant('unchanged', 'scaling deploys anew', {
    store: (next, { release }) => (release === 'unchanged' ? { ...next, releaseId: 'scaled' } : next),
  }),
  mutant('capacity', 'always one instance', { store: (next) => ({ ...next, desired: Math.min(1, next.desired) }) }),
  mutant('capacity', '"at least" is taken for "exactly"', {
    store: (next, { release, atLeast }) => (release === 'unchanged' ? { ...next, desired: atLeast } : next),
  }),
  mutant('ready-honest', 'counts what was ready before', {
    store: (next, { release }, before) =>
      typeof release === 'object' && before.version !== null ? { ...next, readyAt: before.readyAt } : next,
  }),
  mutant('ready-honest', 'says nothing of why', {
    read: ({ whyNotReady: _, ...seen }) => seen,
  }),
  mutant('autoscaling', 'never thaws', {
    store: (next, _, before) => (before.autoscaling === 'frozen' ? { ...next, autoscaling: 'frozen' } : next),
  }),
  mutant('workers', 'never stops them', {
    store: (next, _, before) => (before.workers === 'active' ? { ...next, workers: 'active' } : next),
  }),
  mutant('dispose', 'the second dispose fails', {
    adapter: () => {
      let isOver = false;
      return {
        async dispose() {
          if (isOver) throw new Error('closed already');
          isOver = true;
        },
      };
    },
  }),
  mutant('confirm-refused', 'asks nobody', { confirm: 'never' }),
  mutant('confirm-refused', 'asks, and does not listen', { confirm: 'ignored' }),
  mutant('confirm-awaited', 'asks, and does not wait', { confirm: 'not-awaited' }),
  mutant('retires', 'a retired slot still wants its instances', {
    store: (next, { release }, before) => (release === null ? { ...next, desired: before.desired } : next),
  }),
  mutant('retires-twice', 'fails on what is gone', {
    adapter: (good) => ({
      async converge(target, call) {
        const { version } = await good.observe(target.slot, call);
        if (target.release === null && version === null) throw refusal('permanent');
        await good.converge(target, call);
      },
    }),
  }),
  mutant('retire-leaves-nothing', 'volumes stay', {
    store: (next, _, before) => ({ ...next, volumes: [...before.volumes, ...next.volumes] }),
  }),
  mutant('repeat-changes-nothing', 'each call restarts every instance', {
    store: (next) => (next.version === null ? next : { ...next, readyAt: Math.max(next.readyAt, 0) + 300 }),
  }),
  mutant('restamp', 'stores a stamp only with a change', {
    store: (next, { release }, before) => (release === 'unchanged' ? { ...next, fence: before.fence } : next),
  }),
  mutant('older-epoch', 'never looks at the epoch', { fence: 'no-epoch' }),
  telling('older-epoch', 'takes it for an error of the user', 'fenced', 'permanent'),
  mutant('older-sequence', 'never looks at the sequence', { fence: 'no-sequence' }),
  mutant('abort-before', 'never looks at the signal', {
    adapter: (good) => ({
      converge: (target, call) => good.converge(target, { ...call, signal: new AbortController().signal }),
    }),
  }),
  mutant('late-write', 'goes on in the background', {
    adapter: (good, _, clock) => ({
      async converge(target, call) {
        const signal = new AbortController().signal;
        const writing = new Promise<void>((resolve) => clock.setTimeout(resolve, 50)).then(() =>
          good.converge(target, { ...call, signal }),
        );
        await new Promise<void>((resolve, reject) => {
          const giveUp = () => reject(refusal('read-back'));
          call.signal.addEventListener('abort', giveUp);
          writing.then(resolve, reject);
          if (call.signal.aborted) giveUp();
        });
      },
    }),
  }),
  mutant('hung-read', 'waits as long as it takes', {
    adapter: (good) => ({ observe: (slot) => good.observe(slot, { signal: new AbortController().signal }) }),
  }),
  mutant('hung-write', 'waits as long as it takes', {
    adapter: (good) => ({
      converge: (target, call) => good.converge(target, { ...call, signal: new AbortController().signal }),
    }),
  }),
  mutant('hung-write', 'calls it refused', {
    adapter: (good) => ({
      converge: (target, call) =>
        good.converge(target, call).catch((error: unknown) => {
          throw call.signal.aborted ? refusal('permanent') : error;
        }),
    }),
  }),
  telling('lost-reply', 'calls a lost answer "nothing happened"', 'read-back', 'retry'),
  mutant('outage', 'nobody answers, so nothing runs', {
    adapter: (good) => ({
      observe: (slot, call) => good.observe(slot, call).catch(() => ({ version: null, desired: 0, ready: 0 })),
    }),
  }),
  telling('outage', 'gives up for ever', 'retry', 'permanent'),
  mutant('neighbours-kept', 'removes by label', {
    storeAll: (next, { release }) => (release === null ? { ...next, theirs: '' } : next),
  }),
  mutant('errors-coded', 'a plain error', {
    adapter: (good) => ({
      converge: (target, call) =>
        good.converge(target, call).catch(() => {
          throw new Error('no');
        }),
    }),
  }),
  mutant('arguments-kept', 'writes its defaults into the release', {
    adapter: (good) => ({
      converge(target, call) {
        if (typeof target.release === 'object' && target.release !== null) {
          (target.release as { parameters?: object }).parameters ??= {};
        }
        return good.converge(target, call);
      },
    }),
  }),
  mutant('secrets', 'the reason is a line of the log', {
    read: (seen) => ({ ...seen, whyNotReady: `started with DATABASE=postgres://web:${secret}@db` }),
  }),
];
