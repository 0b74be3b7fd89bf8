import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import { simulateCrashes } from '../run/crash.js';
import type { SimulateOptions } from '../run/setting.js';
import type { SimulatedHistory } from '../run/simulated-history.js';
import type { Ledger } from '../world/ledger.js';
import { brokenPromises } from './promises.js';

const limits = { total: '30m', settle: '1m', call: '10s', decide: '3m', poll: '4s' } as const;
const options: SimulateOptions = {
  seed: 5,
  approval: { afterMs: 5_000 },
  policy: {
    analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50 } },
    prepare: { autoscaling: 'freeze', capacity: 3 },
    verify: { gates: [{ approval: 'go', from: ['sre'], expires: '5m', onExpiry: 'rollback', count: 2 }] },
    shift: [{ to: 10, hold: '40s', gates: [{ wait: '30s' }] }, { to: 100 }],
    guardrails: ['errors'],
    bake: { for: '1m', gates: [{ analysis: 'errors' }] },
    retire: { after: '30s', drain: '5s' },
    workers: {},
    limits,
  },
  others: { api: { dependsOn: ['web'] } },
};
const kept = simulateCrashes(options);

/** The ids of what is broken in a history that differs from the kept one. */
function broken(changed: Partial<SimulatedHistory>): string[] {
  return [...new Set(brokenPromises({ ...kept, ...changed }).map((problem) => problem.split(' ')[0]!))].sort();
}

function without(is: (event: ReleaseEvent) => boolean): { readonly records: readonly JournalRecord<ReleaseEvent>[] } {
  return { records: kept.records.filter(({ event }) => !is(event)) };
}

function ledger(changed: Partial<Ledger>): { readonly ledger: Ledger } {
  return { ledger: { ...kept.ledger, ...changed } };
}

const shift = kept.ledger.routing.findIndex(
  ({ service, routing }) => service === 'web' && routing.kind === 'split' && routing.target.weights.green === 10,
);

describe('the promises of a release', () => {
  it('are kept by a release that goes well', () => {
    expect(kept.state.phase).toBe('promoted');
    expect(brokenPromises(kept)).toEqual([]);
  });

  it('miss an approval, a verdict and a wait (S18)', () => {
    let isFirst = true;
    const oneApproval = without((event) => {
      if (event.type !== 'approval-granted' || !isFirst) return false;
      isFirst = false;
      return true;
    });
    expect(broken(oneApproval)).toEqual(['S18']);
    expect(broken(without(({ type }) => type === 'gate-judged'))).toEqual(['S18']);
    const early = kept.records.map((record) =>
      record.event.type === 'gate-opened' && record.event.gate === 'shift[0]/wait'
        ? { ...record, event: { ...record.event, at: record.event.at + 30_000 } }
        : record,
    );
    expect(broken({ records: early })).toEqual(['S18']);
  });

  it('hear a guardrail that fails (S24)', () => {
    const failing = kept.records.map((record) =>
      record.event.type === 'gate-judged' && record.event.gate === 'guardrail/errors'
        ? { ...record, event: { ...record.event, verdict: 'fail' as const } }
        : record,
    );
    expect(broken({ records: failing })).toEqual(['S24']);
  });

  it('miss a step that one service never had (S10)', () => {
    const { routing } = kept.ledger;
    const dropped = ledger({ routing: routing.filter((_, index) => index !== shift) });
    expect(broken(dropped)).toContain('S10');
  });

  it('hold a release that is paused, and one that drifted (S33)', () => {
    const paused = { seq: 0, epoch: 1, event: { type: 'release-paused', at: 0, reason: 'bob: so' } } as const;
    expect(broken({ records: [paused, ...kept.records] })).toEqual(['S33']);
    const drifted = {
      seq: 0,
      epoch: 1,
      event: { type: 'routing-drifted', at: 0, service: 'web', summary: '' },
    } as const;
    expect(broken({ records: [drifted, ...kept.records] })).toContain('S33');
  });

  it('see an edit that was written over (S33)', () => {
    const { routing } = kept.ledger;
    const written = routing[shift]!;
    const edited = { ...written, at: written.at - 1_000, by: 'foreign', revision: 'another' } as const;
    expect(broken(ledger({ routing: routing.toSpliced(shift, 0, edited) }))).toContain('S33');
    // The write that was under way already could not know.
    const late = { ...edited, at: written.at - 1 };
    expect(broken(ledger({ routing: routing.toSpliced(shift, 0, late) }))).not.toContain('S33');
    const putBack = { ...edited, revision: routing[shift - 1]!.revision };
    expect(broken(ledger({ routing: routing.toSpliced(shift, 0, putBack) }))).not.toContain('S33');
  });

  it('see steps outside of every window', () => {
    const { state } = kept;
    expect(broken({ state: { ...state, plan: { ...state.plan, openings: [] } } })).toEqual(['windows']);
  });

  it('see two writes at once, and one that was repeated without a read (S36, S39)', () => {
    const calls = kept.ledger.calls;
    const endless = calls.map((call) => (call.operation === 'route' ? { ...call, endedAt: call.at + 600_000 } : call));
    expect(broken(ledger({ calls: endless }))).toEqual(['S36']);
    const blind = calls
      .filter(({ operation }) => operation !== 'observe-routing')
      .map((call) => (call.operation === 'route' ? { ...call, isUnknown: true } : call));
    expect(broken(ledger({ calls: blind }))).toEqual(['S39']);
  });

  it('see what is tried again at once, too often, or after it was refused for good (L3, F12)', () => {
    const start = kept.records.find(({ event }) => event.type === 'effect-started')!;
    const ids = (records: SimulatedHistory['records']) => broken({ records }).filter((id) => id === 'L3');
    const { key, at } = start.event as Extract<ReleaseEvent, { readonly type: 'effect-started' }>;
    const failed = { outcome: 'failed', reaction: 'retry', code: 'simulator/throttled', message: '' } as const;
    const settled = (result: typeof failed | (Omit<typeof failed, 'reaction'> & { reaction: 'permanent' })) =>
      ({ ...start, event: { type: 'effect-settled', at, key, result } }) as const;
    const again = (afterMs: number) => ({ ...start, event: { ...start.event, at: at + afterMs } });
    expect(ids([start, settled(failed), again(100)])).toEqual(['L3']);
    expect(ids([start, settled(failed), again(300)])).toEqual([]);
    const asked = { ...failed, retryAfterMs: 5_000 };
    expect(ids([start, settled(asked), again(300)])).toEqual(['L3']);
    expect(ids([start, settled({ ...failed, reaction: 'permanent' }), again(90_000)])).toEqual(['L3']);
    const { attempts } = kept.state.plan.policy.limits;
    expect(ids(Array.from({ length: attempts }, (_, index) => again(index * 60_000)))).toEqual([]);
    expect(ids(Array.from({ length: attempts + 1 }, (_, index) => again(index * 60_000)))).toEqual(['L3']);
  });

  it('see drift that nobody made (F7), and a slot that was to go while users could reach it (S12)', () => {
    const read = kept.records.find(
      ({ event }) => event.type === 'routing-observed' && event.observation.fence !== undefined,
    )!;
    const drifted = {
      ...read,
      event: { type: 'routing-drifted', at: read.event.at, service: 'web', summary: '' },
    } as const;
    expect(
      broken({ records: [drifted, { ...read, event: { ...read.event, service: 'web' } } as typeof read] }),
    ).toContain('F7');
    const reached = kept.ledger.calls.map((call) =>
      call.operation === 'converge' ? { ...call, outcome: 'adapter/slot-reachable' } : call,
    );
    expect(broken(ledger({ calls: reached }))).toEqual(['S12']);
  });

  it('see a way back that waits (S28), and a candidate that is not cleared (S15)', () => {
    const back = simulateCrashes({ ...options, commands: [{ afterMs: 150_000, command: 'rollback' }] });
    expect([back.state.phase, brokenPromises(back)]).toEqual(['rolled-back', []]);
    const begun = back.records.find(({ event }) => event.type === 'rollback-begun')!.event.at;
    const idle = back.ledger.calls.filter(({ operation, at }) => operation !== 'route' || at < begun);
    expect(broken({ ...back, ledger: { ...back.ledger, calls: idle } })).toEqual(['S28']);
    const { plan } = back.state;
    const policy = { ...plan.policy, retire: { ...plan.policy.retire, candidate: 'retire' as const } };
    expect(broken({ ...back, state: { ...back.state, plan: { ...plan, policy } } })).toEqual(['S15']);
  });

  it('see a migration that ran too early, or never', () => {
    const { plan } = kept.state;
    const migrated = { ...kept.state, plan: { ...plan, migrations: { expand: ['add'], contract: ['drop'] } } };
    expect(broken({ state: migrated })).toEqual(['hooks']);
    const early = { type: 'hook-settled', at: 0, hook: 'contract/drop', attempt: 1, failure: null } as const;
    expect(broken({ records: [{ seq: 0, epoch: 1, event: early }, ...kept.records] })).toEqual(['hooks']);
  });

  it('see a caller that goes before its provider (S49)', () => {
    const { routing } = kept.ledger;
    const late = routing.filter(({ service }) => service === 'api');
    const first = routing.filter(({ service }) => service === 'web');
    expect(broken(ledger({ routing: [first[0]!, ...late, ...first.slice(1)] }))).toContain('S49');
  });

  it('see workers in both slots, and autoscalers that move or stay frozen (S17, S48)', () => {
    const { tendings } = kept.ledger;
    const working = tendings.map((one) => ({ ...one, workers: 'active' as const }));
    expect(broken(ledger({ tendings: working }))).toEqual(['S48']);
    for (const autoscaling of ['free', 'frozen'] as const) {
      expect(broken(ledger({ tendings: tendings.map((one) => ({ ...one, autoscaling })) }))).toEqual(['S17']);
    }
  });

  it('see a teardown without a word, and weight without capacity (S1, S56)', () => {
    expect(broken(without(({ type }) => type === 'teardown-begun'))).toEqual(['S56']);
    const { routing, readiness } = kept.ledger;
    const small = routing.map((record) => {
      const green = { ...record.places.green, desired: 1 };
      return { ...record, places: { ...record.places, green } };
    });
    const sizes = readiness.map((one) => ({ ...one, desired: 1 }));
    expect(broken(ledger({ routing: small, readiness: sizes }))).toEqual(['S1']);
  });
});
