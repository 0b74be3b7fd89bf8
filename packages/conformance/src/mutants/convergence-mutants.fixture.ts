import { everythingTo, weights } from '@bluegreen/contract';
import type { TrafficBench } from '../traffic/traffic-bench.js';
import { memoryRouterBench } from './memory-router.fixture.js';
import type { Mutant } from './mutant.fixture.js';
import { declaring, ofAdapter, ofOptions, reading, serving, storing } from './traffic-mutant-kinds.fixture.js';

/** Everything about declaring, reading back and refusing. */
export const convergenceMutants: readonly Mutant<TrafficBench>[] = [
  ofAdapter('traffic-declarations', 'each client names its resource anew', (_, provider) => ({
    resource: `memory-router:${provider.version++}`,
  })),
  declaring('traffic-declarations', 'a step of 0', { weightStepPercent: 0 }),
  declaring('traffic-declarations', 'a negative bound', { lateWriteMs: -1 }),
  ofOptions('traffic-begins-known', 'an empty place is foreign', (good) => ({
    read: (document) => (good.read(document) === 'unrouted' ? { foreign: 'empty' } : good.read(document)),
  })),
  ofAdapter('traffic-reads-change-nothing', 'the revision counts the reads', (good) => {
    let reads = 0;
    return {
      async observe(call) {
        reads += 1;
        return { ...(await good.observe(call)), revision: `read-${reads}` };
      },
      async route(target, _, call) {
        await good.route(target, await good.observe(call), call);
      },
    };
  }),
  ofAdapter('traffic-preflight', 'preflight tries a write', (_good, provider) => ({
    async preflight() {
      await provider.put((value) => ({ ...value, table: null, note: null }), null, null);
      return [];
    },
  })),
  ofAdapter('traffic-preflight', 'a finding without a code', () => ({
    preflight: async () => [{ severity: 'warn', code: 'odd', message: 'Hm.', hint: '' }],
  })),
  ofOptions('traffic-numbers-sane', 'a drain below nothing', () => ({
    observe: () => ({ drain: { blue: { kind: 'counted', open: -1 }, green: { kind: 'counted', open: 0 } } }),
  })),
  ofOptions('traffic-numbers-sane', 'more healthy than there are', () => ({
    observe: () => ({ health: { blue: { healthy: 3, total: 2 }, green: { healthy: 0, total: 0 } } }),
  })),
  ofAdapter('traffic-dispose', 'the second dispose fails', () => {
    let isOver = false;
    return {
      async dispose() {
        // The suite itself disposes once more when the rule is over.
        if (isOver) throw new Error('closed already');
        isOver = true;
      },
    };
  }),
  ofAdapter('traffic-errors-coded', 'a plain error', (good) => ({
    route: (target, expected, call) =>
      good.route(target, expected, call).catch(() => {
        throw new Error('no');
      }),
  })),
  storing('traffic-weights-read-back', '29 becomes 28', (target) => ({
    ...target,
    weights: weights(target.weights.green === 29 ? 28 : target.weights.green),
  })),
  declaring('traffic-weights-between-refused', 'rounds to its step', {}, (target) => ({
    ...target,
    weights: weights(Math.round(target.weights.green)),
  })),
  storing('traffic-both-ways', 'green is always the candidate', (target) => ({ ...target, candidate: 'green' })),
  reading('traffic-memory', 'the fallback is a guess', (stored) => ({
    ...stored,
    target: { ...stored.target, fallback: 'blue' },
  })),
  storing('traffic-audiences-read-back', 'one audience at most', (target) => ({
    ...target,
    audiences: target.audiences.slice(0, 1),
  })),
  declaring('traffic-audiences-refused', 'drops what it does not know', { audiences: ['header'] }, (target) => ({
    ...target,
    audiences: target.audiences.filter(({ match }) => 'header' in match),
  })),
  reading('traffic-cohorts-read-back', 'loses the salt', (stored) => ({
    ...stored,
    target: {
      ...stored.target,
      cohort: stored.target.cohort.kind === 'redrawn' ? { kind: 'redrawn', salt: '' } : stored.target.cohort,
    },
  })),
  declaring('traffic-cohorts-refused', 'takes dice for everything', { cohorts: ['per-request'] }, (target) => ({
    ...target,
    cohort: { kind: 'per-request' },
  })),
  storing('traffic-preview', 'the preview address is never taken away', (target) => ({
    ...target,
    preview: target.preview ?? 'green',
  })),
  declaring('traffic-preview', 'drops what it does not declare', { preview: false }, (target) => ({
    ...target,
    preview: null,
  })),
  storing('traffic-mirror', 'mirrors half', (target) => ({
    ...target,
    mirror: target.mirror === null ? null : { ...target.mirror, percent: 50 },
  })),
  ofOptions('traffic-whole-target', 'audiences only grow', (good) => ({
    write(document, stored) {
      const before = good.read(document);
      const old = typeof before === 'object' && 'target' in before ? before.target.audiences : [];
      const names = new Set(stored.target.audiences.map(({ name }) => name));
      const audiences = [...stored.target.audiences, ...old.filter(({ name }) => !names.has(name))];
      return good.write(document, { ...stored, target: { ...stored.target, audiences } });
    },
  })),
  ofAdapter('traffic-arguments-kept', 'sorts in place', (good) => ({
    route(target, expected, call) {
      (target.audiences as unknown[]).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      return good.route(target, expected, call);
    },
  })),
];

/** Everything about what users get. */
export const routerMutants: readonly Mutant<TrafficBench>[] = [
  ofOptions('traffic-proof-honest', 'proven at once', () => ({ observe: () => ({ proof: 'proven' }) })),
  declaring('traffic-proof-honest', 'half of the real propagation', { propagationMs: 1 }),
  serving('traffic-share-served', 'half of what it was told', ({ greenPercent }) => ({
    greenPercent: greenPercent / 2,
  })),
  serving('traffic-sticky-served', 'dice for everybody', () => ({ isSticky: false })),
  serving('traffic-audiences-served', 'audiences are noted and not used', () => ({ audiences: [] })),
  {
    rule: 'traffic-after-restart',
    flaw: 'a restart loses everything, and nothing is said of it',
    makeBench: () => memoryRouterBench(undefined, { isVolatile: true }),
  },
  ofOptions('traffic-after-restart', 'promises what it does not keep', () => ({
    observe: () => ({ afterRestart: { kind: 'split', target: everythingTo('blue') } }),
  })),
];
