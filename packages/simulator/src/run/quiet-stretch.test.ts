import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedFault, WorldFault } from '../faults/fault-plan.js';
import { errors } from '../world/behaviour.js';
import { laggingRouter, stamplessRouter } from './scenarios.fixture.js';
import type { SimulateOptions } from './setting.js';
import { simulate } from './simulate.js';
import { simulateAsync, simulateLivedThrough } from './simulate-async.js';

const latencyMs = fc.constantFrom(0, 1, 50, 500, 1_000, 4_000, 6_000);

/** Reads that overtake each other, answers that change by themselves, calls that are given up, several things at once. */
const settings = fc.record({
  seed: fc.nat(1_000),
  routerMs: latencyMs,
  environmentMs: latencyMs,
  poll: fc.constantFrom('200ms', '1s', '3s'),
  call: fc.constantFrom('1s', '5s', '30s'),
  dailySwing: fc.constantFrom(0, 0.5),
  longestRequestMs: fc.constantFrom(0, 1_000, 90_000),
  drain: fc.constantFrom('counted', 'bounded', 'absent'),
  reportsDrain: fc.boolean(),
  isBad: fc.boolean(),
  bake: fc.constantFrom('20s', '3m'),
  kind: fc.constantFrom('threshold', 'error-ratio', 'latency'),
  every: fc.constantFrom('1s', '4s', '15s'),
  metricsMs: latencyMs,
  scrapeMs: fc.constantFrom(5_000, 15_000),
  router: fc.constantFrom({}, laggingRouter, stamplessRouter),
  fault: fc.constantFrom<readonly WorldFault[]>(
    [],
    [{ fault: 'foreign-edit' }],
    [{ fault: 'outage', forMs: 20_000 }],
    [{ fault: 'outage', forMs: 20_000, operations: ['metrics'] }],
    [{ fault: 'candidate-dies', forMs: 15_000 }],
    [{ fault: 'router-silent', forMs: 9_000 }],
  ),
  faultAt: fc.integer({ min: 30_000, max: 600_000 }),
});

type Setting = typeof settings extends fc.Arbitrary<infer S> ? S : never;

function analysesOf({ kind, every }: Setting): NonNullable<SimulateOptions['policy']['analyses']> {
  const errorsOf = {
    threshold: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50, every },
    'error-ratio': { kind: 'error-ratio', maxRatio: 2, maxRate: 0.01, minTime: '1m', every },
    latency: { kind: 'latency', quantiles: [0.9], maxSlowdown: 1.5, minTime: '1m', warmUp: '1m', every },
  } as const;
  return { errors: errorsOf[kind as keyof typeof errorsOf] };
}

function optionsOf(setting: Setting): SimulateOptions {
  return {
    seed: setting.seed,
    policy: {
      analyses: analysesOf(setting),
      shift: [{ to: 20, hold: '90s', gates: [{ analysis: 'errors' }] }, { to: 100 }],
      guardrails: ['errors'],
      bake: { for: setting.bake, gates: [{ analysis: 'errors' }] },
      retire: { after: '1m' },
      limits: { poll: setting.poll, call: setting.call, decide: '4m' },
    },
    candidate: setting.isBad ? errors({ rate: 0.2, afterMs: 30_000 }) : {},
    service: {
      router: { ...setting.router, latencyMs: setting.routerMs, drain: setting.drain },
      environment: { latencyMs: setting.environmentMs, reportsDrain: setting.reportsDrain },
    },
    metrics: { latencyMs: setting.metricsMs, scrapeMs: setting.scrapeMs },
    traffic: { dailySwing: setting.dailySwing, longestRequestMs: setting.longestRequestMs },
    faults: setting.fault.map((fault) => ({ at: { time: setting.faultAt }, ...fault }) as PlannedFault),
    held: { afterMs: 40_000, command: 'resume' },
    horizonMs: 2 * 3_600_000,
  };
}

describe('time in which nothing happens', () => {
  it('is gone through without changing a byte of the journal, nor a call of the ledger', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (setting) => {
        const options = optionsOf(setting);
        const hurried = told(() => simulate(options));
        const waited = await simulateLivedThrough(options).then(tellOf, String);
        expect(hurried).toBe(waited);
        expect(await simulateAsync(options).then(tellOf, String)).toBe(waited);
      }),
      { numRuns: 150 },
    );
  });
});

function told(run: () => ReturnType<typeof simulate>): string {
  try {
    return tellOf(run());
  } catch (error) {
    return String(error);
  }
}

function tellOf({ records, ledger }: ReturnType<typeof simulate>): string {
  return JSON.stringify({ records, ledger });
}
