import {
  documentTraffic,
  everythingTo,
  isBluegreenError,
  type Reaction,
  type TrafficAdapter,
  type TrafficObservation,
} from '@bluegreen/contract';
import type { TrafficBench } from '../traffic/traffic-bench.js';
import { type RouterOptions, type RouterProvider, routerOptions, secret } from './memory-router.fixture.js';
import type { Mutant } from './mutant.fixture.js';
import { refusal } from './refusal.fixture.js';
import { ofAdapter, ofOptions, withRevision } from './traffic-mutant-kinds.fixture.js';

type Route = TrafficAdapter['route'];

/** Writes without looking at this one thing. `what` names what it should have looked at. */
function blindTo(what: 'epoch' | 'sequence' | 'revision' | 'both', provider: RouterProvider): Route {
  const options = routerOptions(provider);
  return async (target, expected, call) => {
    const { document, version } = await options.load(call);
    const seen = options.read(document);
    const stored = typeof seen === 'object' && 'fence' in seen ? seen.fence : null;
    if (stored !== null && what !== 'both') {
      if (stored.epoch > call.fence.epoch && what !== 'epoch') throw refusal('fenced');
      const isBehind = stored.epoch === call.fence.epoch && stored.sequence >= call.fence.sequence;
      if (isBehind && what !== 'sequence') throw refusal('recompute');
    }
    const { revision } = await observed(options, call.signal);
    if (revision !== expected.revision && what !== 'revision') throw refusal('recompute');
    await options.save(options.write(document, { target, fence: call.fence }), version, call);
  };
}

function observed(options: RouterOptions, signal: AbortSignal): Promise<TrafficObservation> {
  return documentTraffic(options).observe({ signal });
}

/** The same failures, told wrongly. */
function telling(rule: string, flaw: string, from: Reaction, to: Reaction): Mutant<TrafficBench> {
  return ofAdapter(rule, flaw, (good) => ({
    route: (target, expected, call) =>
      good.route(target, expected, call).catch((error: unknown) => {
        throw isBluegreenError(error) && error.reaction === from ? refusal(to) : error;
      }),
  }));
}

/** The weights in one request, everything else in the next. */
function inTwoRequests(provider: RouterProvider, isConditional: boolean): Route {
  const options = routerOptions(provider);
  return async (target, _, call) => {
    const { document, version } = await options.load(call);
    const before = options.read(document);
    const old = typeof before === 'object' && 'target' in before ? before.target : target;
    const half = options.write(document, { target: { ...old, weights: target.weights }, fence: call.fence });
    await provider.put(() => half, isConditional ? Number(version) : null, call.signal);
    const whole = options.write(half, { target, fence: call.fence });
    await provider.put(() => whole, null, call.signal);
  };
}

/** Everything about who wrote, and about other people. */
export const ownershipMutants: readonly Mutant<TrafficBench>[] = [
  ofAdapter('traffic-repeat-changes-nothing', 'each repeat counts as a write', (_, provider) => {
    const options = routerOptions(provider);
    return {
      async observe(call) {
        return { ...(await observed(options, call.signal)), revision: `version ${provider.version}` };
      },
      async route(target, __, call) {
        const { document, version } = await options.load(call);
        await options.save(options.write(document, { target, fence: call.fence }), version, call);
      },
    };
  }),
  ofAdapter('traffic-restamp', 'the same target is not written again', (good) => ({
    async route(target, expected, call) {
      const { routing } = await good.observe(call);
      if (routing.kind === 'split' && JSON.stringify(routing.target) === JSON.stringify(target)) return;
      await good.route(target, expected, call);
    },
  })),
  ofAdapter('traffic-older-epoch', 'never looks at the epoch', (_, provider) => ({
    route: blindTo('epoch', provider),
  })),
  telling('traffic-older-epoch', 'takes it for an error of the user', 'fenced', 'permanent'),
  ofAdapter('traffic-older-sequence', 'never looks at the sequence', (_, provider) => ({
    route: blindTo('sequence', provider),
  })),
  ofAdapter('traffic-unexpected-revision', 'never looks at the revision', (_, provider) => ({
    route: blindTo('revision', provider),
  })),
  telling('traffic-unexpected-revision', 'takes it for a lost answer', 'recompute', 'read-back'),
  withRevision('traffic-revision-follows', 'the revision leaves the stamp out', ({ table, note }) =>
    JSON.stringify([table, note?.replace(/"stamp":"[^"]*"/, '')]),
  ),
  withRevision('traffic-revision-follows', 'the revision is that of the weights', ({ table }) =>
    String(table?.greenPercent),
  ),
  ofAdapter('traffic-two-writers', 'two requests, the last one wins', (_, provider) => ({
    route: inTwoRequests(provider, false),
  })),
  ofOptions('traffic-two-writers', 'read, then write, and called enforced', (_good, provider) => ({
    save: async (document, _, { signal }) => void (await provider.put(() => document, null, signal)),
  })),
  ofOptions('traffic-newer-owner-stays', 'read, then write, and called enforced', (_good, provider) => ({
    save: async (document, _, { signal }) => void (await provider.put(() => document, null, signal)),
  })),
  ofAdapter('traffic-no-torn-read', 'weights first, the rest in a second request', (_, provider) => ({
    route: inTwoRequests(provider, true),
  })),
  ofAdapter('traffic-edit-found', 'answers what it wrote last', (good) => {
    let last: TrafficObservation | null = null;
    return {
      async observe(call) {
        last ??= await good.observe(call);
        return last;
      },
      async route(target, expected, call) {
        await good.route(target, expected, call);
        last = null;
      },
    };
  }),
  ofAdapter('traffic-edit-kept', 'never looks at the revision', (_, provider) => ({
    route: blindTo('revision', provider),
  })),
  ofAdapter('traffic-edit-overridden', 'takes only what it wrote itself for its own', (good) => {
    let own: string | null = null;
    return {
      async route(target, expected, call) {
        const { revision } = await good.observe(call);
        if (own !== null && own !== revision) throw refusal('permanent');
        await good.route(target, expected, call);
        own = (await good.observe(call)).revision;
      },
    };
  }),
  ofOptions('traffic-place-removed', 'a missing rule means: everything to green', (good) => ({
    read(document) {
      const seen = good.read(document);
      if (seen !== 'unrouted' || document === null || document.theirs === '') return seen;
      return { foreign: 'missing' };
    },
    load: async (call) => {
      const loaded = await good.load(call);
      const isGone = loaded.document?.note === null && Number(loaded.version) > 1;
      if (!isGone) return loaded;
      const stored = { target: everythingTo('green'), fence: null };
      return { ...loaded, document: good.write(loaded.document, stored) };
    },
  })),
  ofOptions('traffic-neighbours-kept', 'replaces the whole document', (good) => ({
    write: (document, stored) => ({ ...good.write(document, stored), theirs: '' }),
  })),
  withRevision('traffic-neighbours-free', 'the revision is that of the whole document', (document) =>
    JSON.stringify(document),
  ),
];

/** Everything about calls that go wrong. */
export const troubleMutants: readonly Mutant<TrafficBench>[] = [
  ofAdapter('traffic-abort-before', 'never looks at the signal', (good) => ({
    route: (target, expected, call) => good.route(target, expected, { ...call, signal: new AbortController().signal }),
  })),
  ofAdapter('traffic-late-write', 'goes on in the background', (good, _provider, clock) => ({
    async route(target, expected, call) {
      const signal = new AbortController().signal;
      const writing = new Promise<void>((resolve) => clock.setTimeout(resolve, 50)).then(() =>
        good.route(target, expected, { ...call, signal }),
      );
      await new Promise<void>((resolve, reject) => {
        const giveUp = () => reject(refusal('read-back'));
        call.signal.addEventListener('abort', giveUp);
        writing.then(resolve, reject);
        if (call.signal.aborted) giveUp();
      });
    },
  })),
  ofAdapter('traffic-hung-read', 'waits as long as it takes', (good) => ({
    observe: () => good.observe({ signal: new AbortController().signal }),
  })),
  ofAdapter('traffic-hung-write', 'waits as long as it takes', (good) => ({
    route: (target, expected, call) => good.route(target, expected, { ...call, signal: new AbortController().signal }),
  })),
  ofAdapter('traffic-hung-write', 'calls it refused', (good) => ({
    route: (target, expected, call) =>
      good.route(target, expected, call).catch((error: unknown) => {
        throw call.signal.aborted ? refusal('permanent') : error;
      }),
  })),
  telling('traffic-lost-reply', 'calls a lost answer "nothing happened"', 'read-back', 'retry'),
  ofAdapter('traffic-lost-reply', 'sends it again under another stamp', (good) => ({
    route: (target, expected, call) =>
      good.route(target, expected, call).catch(async (error: unknown) => {
        if (!isBluegreenError(error) || error.reaction !== 'read-back') throw error;
        const { revision } = await good.observe(call);
        const fence = { ...call.fence, sequence: call.fence.sequence + 1 };
        await good.route(target, { revision }, { ...call, fence });
      }),
  })),
  ofAdapter('traffic-outage', 'nobody answers, so nothing is routed', (good) => ({
    observe: (call) => good.observe(call).catch(() => ({ routing: { kind: 'unrouted' }, revision: 'none' }) as const),
  })),
  telling('traffic-outage', 'gives up for ever', 'retry', 'permanent'),
  ofAdapter('traffic-secrets', 'the address with the token is in the error', (good) => ({
    route: (target, expected, call) =>
      good.route(target, expected, call).catch((error: unknown) => {
        throw new Error('could not write', { cause: { request: `https://router/?token=${secret}`, error } });
      }),
  })),
  ofAdapter('traffic-secrets', 'the token is in the resource', () => ({ resource: `memory-router:web@${secret}` })),
];
