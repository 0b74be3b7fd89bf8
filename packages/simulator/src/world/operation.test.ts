import { type BluegreenError, weights } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import type { CallFault, Operation, PlannedFault } from '../faults/fault-plan.js';
import { benchOf, splitTo } from './bench.fixture.js';
import type { RouterOptions } from './world-options.js';

function benchWith(fault: CallFault, operation: Operation = 'route', router: RouterOptions = {}) {
  const planned = { at: { operation, call: 1 }, ...fault } as PlannedFault;
  return benchOf({ faults: [planned], router, environment: { capabilities: { lateWriteMs: 20_000 } } });
}

const late: RouterOptions = { capabilities: { lateWriteMs: 20_000 } };
const green = (bench: ReturnType<typeof benchOf>) => {
  const { routing } = bench.routing();
  return routing.kind === 'split' ? routing.target.weights.green : null;
};

describe('a call that goes wrong', () => {
  test.each([
    ['unreachable', 'simulator/unreachable', 'retry'],
    ['conflict', 'simulator/conflict', 'recompute'],
    ['not-found', 'simulator/not-found', 'permanent'],
    ['throttled', 'simulator/throttled', 'retry'],
    ['denied', 'simulator/denied', 'permanent'],
    ['invalid', 'simulator/invalid-request', 'permanent'],
    ['out-of-space', 'simulator/out-of-space', 'permanent'],
  ] as const)('%s: refused with its reaction, and nothing happens', (fault, code, reaction) => {
    const refusal = { code, reaction, ...(fault === 'throttled' ? { retryAfterMs: 5_000 } : {}) };
    const write = { idempotencyKey: 'k', fence: { epoch: 1, sequence: 1 } };
    const routing = benchWith({ fault });
    const expected = routing.routing();
    const routed = routing.call<void>((done) =>
      routing.world.operations.route({ service: 'checkout', target: splitTo(10), expected }, write, done),
    );
    expect(routed.error).toMatchObject(refusal);
    expect(routing.routing()).toEqual(expected);
    const deploying = benchWith({ fault }, 'converge');
    const target = { slot: 'blue', release: null, atLeast: 1, autoscaling: 'free', workers: 'idle' } as const;
    const converged = deploying.call<void>((done) =>
      deploying.world.operations.converge(
        { service: 'checkout', target },
        { ...write, confirm: (answer) => answer(null) },
        done,
      ),
    );
    expect(converged.error).toMatchObject(refusal);
    expect(deploying.environment('blue').version).toBe('v1');
  });

  test('F1: the reply is lost, the effect is there', () => {
    const bench = benchWith({ fault: 'reply-lost' });
    expect(bench.route(10)).toBe('simulator/reply-lost');
    expect(green(bench)).toBe(10);
  });

  test('F1, F9: the reply is lost, the effect comes when nobody expects it', () => {
    const bench = benchWith({ fault: 'reply-lost', lands: { afterMs: 15_000 } }, 'route', late);
    expect(bench.route(10)).toBe('simulator/reply-lost');
    expect(green(bench)).toBe(0);
    bench.pass(15_000);
    expect(green(bench)).toBe(10);
    expect(bench.ledger().routing.map(({ by }) => by)).toEqual(['start', 'late-route']);
  });

  test('F2: a good reply, no effect', () => {
    const bench = benchWith({ fault: 'effect-lost' });
    expect(bench.route(10)).toBe('ok');
    expect(green(bench)).toBe(0);
  });

  test('F4: a good reply, the effect later', () => {
    const bench = benchWith({ fault: 'effect-delayed', byMs: 30_000 });
    expect(bench.route(10)).toBe('ok');
    expect(green(bench)).toBe(0);
    bench.pass(30_000);
    expect(green(bench)).toBe(10);
  });

  test.each(['audiences', 'preview', 'mirror', 'fallback', 'stamp'] as const)(
    'F5, S54: everything but the %s',
    (part) => {
      const bench = benchWith({ fault: 'partial', part });
      const rest = {
        preview: 'green',
        fallback: 'green',
        mirror: { slot: 'green', percent: 5 },
        audiences: [{ name: 'internal', match: { cookie: 'x', equals: '1' }, slot: 'green' }],
      } as const;
      expect(bench.route(10, { rest })).toBe('ok');
      const { routing, fence } = bench.routing();
      if (routing.kind !== 'split') throw new Error('there is a split');
      const { target } = routing;
      const missing = {
        audiences: target.audiences.length === 0,
        preview: target.preview === null,
        mirror: target.mirror === null,
        fallback: target.fallback === 'blue',
        stamp: fence === undefined,
      };
      expect(Object.entries(missing).filter(([, isMissing]) => isMissing)).toEqual([[part, true]]);
      expect(target.weights).toEqual(weights(10));
    },
  );

  test('F5: half of the instances', () => {
    const bench = benchWith({ fault: 'partial' }, 'converge');
    expect(bench.converge('green', { id: 'r', version: 'v2' }, { atLeast: 4 })).toBe('ok');
    expect(bench.environment('green').desired).toBe(2);
  });

  test('F6: a request that is delivered twice changes things once', () => {
    for (const fencing of ['enforced', 'checked', 'none'] as const) {
      const bench = benchWith({ fault: 'duplicate' }, 'route', { capabilities: { fencing } });
      expect(bench.route(10)).toBe('ok');
      expect(green(bench)).toBe(10);
      if (fencing === 'enforced') expect(bench.ledger().routing).toHaveLength(2);
    }
  });

  test('F7: a stale read shows what was there before the last write', () => {
    const bench = benchOf({
      faults: [
        { at: { operation: 'observe-routing', call: 3 }, fault: 'stale' },
        { at: { operation: 'observe-environment', call: 2 }, fault: 'stale' },
      ],
    });
    const { revision } = bench.routing();
    bench.route(10);
    expect(bench.routing().revision).toBe(revision);
    expect(green(bench)).toBe(10);
    bench.converge('green', { id: 'r', version: 'v2' });
    expect(bench.environment('green').version).toBe('v2');
    expect(bench.environment('green').version).toBeNull();
    expect(bench.environment('green').version).toBe('v2');
  });

  test('F8: a flapping read shows old, new, old, new', () => {
    const bench = benchOf({ faults: [{ at: { operation: 'observe-routing', call: 2 }, fault: 'flapping' }] });
    bench.route(10);
    expect([green(bench), green(bench), green(bench), green(bench), green(bench)]).toEqual([0, 10, 0, 10, 10]);
  });

  test('F15: a hanging call ends when it is aborted, and its write is lost', () => {
    const bench = benchWith({ fault: 'hang' }, 'route', late);
    expect(bench.route(10, { patienceMs: 5_000 })).toBe('simulator/aborted');
    bench.pass(60_000);
    expect(green(bench)).toBe(0);
  });

  test('F9: a hanging write lands after the abort', () => {
    const bench = benchWith({ fault: 'hang', lands: { afterMs: 20_000 } }, 'route', late);
    bench.route(10, { patienceMs: 5_000 });
    bench.pass(19_900);
    expect(green(bench)).toBe(0);
    bench.pass(50);
    expect(green(bench)).toBe(10);
  });

  test.each([
    ['enforced', 30],
    ['checked', 10],
    ['none', 10],
  ] as const)('F9, S50: a hanging write lands right after the next one; fencing %s leaves %d', (fencing, left) => {
    const bench = benchWith({ fault: 'hang', lands: 'after-next-write' }, 'route', {
      capabilities: { fencing, lateWriteMs: 20_000 },
    });
    bench.route(10, { patienceMs: 5_000 });
    bench.pass(3_000);
    expect(bench.route(30)).toBe('ok');
    expect(green(bench)).toBe(left);
  });

  test('F9: with no next write, it lands when it still may', () => {
    const bench = benchWith({ fault: 'hang', lands: 'after-next-write' }, 'route', late);
    bench.route(10, { patienceMs: 5_000 });
    bench.pass(20_000);
    expect(green(bench)).toBe(10);
  });

  test('a write that is aborted on its way lands if it may, and is lost if it may not', () => {
    for (const [lateWriteMs, left] of [
      [20_000, 10],
      [600, 10],
      [599, 0],
      [0, 0],
    ] as const) {
      const bench = benchOf({ router: { latencyMs: 1_000, capabilities: { lateWriteMs } } });
      expect(bench.route(10, { patienceMs: 400 })).toBe('simulator/aborted');
      bench.pass(10_000);
      expect(green(bench)).toBe(left);
    }
  });

  test('S56: an irreversible request that is aborted before it was asked about is lost, however late it may land', () => {
    const bench = benchOf({ environment: { latencyMs: 1_000, capabilities: { lateWriteMs: 20_000 } } });
    bench.deploy('green', 'v2');
    expect(bench.converge('green', null, { patienceMs: 400 })).toBe('simulator/aborted');
    bench.pass(30_000);
    expect(bench.environment('green').version).toBe('v2');
  });

  test('F9: where no late write is possible, a hanging one never lands', () => {
    const bench = benchWith({ fault: 'hang', lands: 'after-next-write' }, 'route', {
      capabilities: { fencing: 'none' },
    });
    bench.route(10, { patienceMs: 5_000 });
    bench.pass(1_000);
    expect(green(bench)).toBe(0);
    bench.route(30);
    expect(green(bench)).toBe(30);
  });

  test('F16: a slow reply is only slow', () => {
    const bench = benchWith({ fault: 'slow', byMs: 25_000 });
    const before = bench.clock.now();
    expect(bench.route(10)).toBe('ok');
    expect(bench.clock.now() - before).toBe(50 + 25_050);
  });

  test('F17: in an outage reads may be sent again, and nobody knows about writes', () => {
    const bench = benchOf({
      faults: [{ at: { time: 10_000 }, fault: 'outage', forMs: 30_000, operations: ['route', 'observe-routing'] }],
    });
    const { revision } = bench.routing();
    bench.pass(10_000);
    const failed: BluegreenError[] = [];
    bench.world.operations.observeRouting({ service: 'checkout' }, {}, ({ error }) =>
      failed.push(error as BluegreenError),
    );
    bench.pass(1_000);
    expect(bench.route(10, { revision })).toBe('simulator/outage');
    expect(failed).toMatchObject([{ code: 'simulator/outage', reaction: 'retry' }]);
    expect(bench.ledger().calls.at(-1)).toMatchObject({ operation: 'route', isUnknown: true, landedAt: null });
    expect(bench.environment('blue').ready).toBe(3);
    bench.pass(30_000);
    expect(bench.route(10)).toBe('ok');
  });

  test('a call about a service that is not there is refused with a code', () => {
    const bench = benchOf();
    expect(() => bench.world.traffic('nowhere')).toThrow(
      expect.objectContaining({ code: 'simulator/service-unknown' }),
    );
  });
});
