import { describe, expect, it } from 'vitest';
import { forecastErrorRatio } from './forecast.js';

const minuteMs = 60_000;
const options = {
  maxRatio: 2,
  failAbove: 1,
  maxRate: 0.01,
  harmlessRate: 0.001,
  failBudget: 0.01,
  passBudget: 0.02,
  minSamples: 50,
  minTimeMs: 5 * minuteMs,
  everyMs: 15_000,
};
const question = { requestsPerSecond: 100, errorRate: 0.003, weight: 0.1, givenMs: 60 * minuteMs };

describe('what a gate can do at a traffic', () => {
  it('decides in time at 100 requests/s, hardly at 10, never before its least time', () => {
    expect(forecastErrorRatio(options, question)).toMatchObject({ decides: 'in-time' });
    expect(forecastErrorRatio(options, { ...question, requestsPerSecond: 10 })).toMatchObject({ decides: 'too-late' });
    expect(forecastErrorRatio(options, { ...question, requestsPerSecond: 10, weight: 0.45 })).toMatchObject({
      decides: 'perhaps',
    });
    expect(forecastErrorRatio(options, { ...question, requestsPerSecond: 1e5 }).passMs).toBe(options.minTimeMs);
  });

  it('costs the same number of failures at any traffic', () => {
    const costs = [1, 10, 1_000].map(
      (requestsPerSecond) => forecastErrorRatio(options, { ...question, requestsPerSecond }).excessFailures!,
    );
    for (const cost of costs) expect(cost).toBeCloseTo(costs[0]!, 9);
    expect(costs[0]).toBeGreaterThan(20);
    expect(costs[0]).toBeLessThan(40);
  });

  it('passes a service without errors by its harmless rate, and none that is at its limit', () => {
    expect(forecastErrorRatio(options, { ...question, errorRate: 0 }).passMs).toBeGreaterThan(options.minTimeMs);
    expect(forecastErrorRatio({ ...options, harmlessRate: 0 }, { ...question, errorRate: 0 }).passMs).toBeNull();
    expect(forecastErrorRatio(options, { ...question, errorRate: 0.01 })).toMatchObject({
      passMs: null,
      decides: 'too-late',
    });
  });
});
