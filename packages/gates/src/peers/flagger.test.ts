import { expect, it } from 'vitest';
import { beginFlagger, type FlaggerAnalysis, tickFlagger } from './flagger.js';

const analysis: FlaggerAnalysis = {
  threshold: 2,
  iterations: 3,
  metrics: [{ name: 'request-success-rate', thresholdRange: { min: 99 } }],
};
const play = (values: readonly (number | null)[], given: FlaggerAnalysis = analysis) =>
  values.reduce((state, value) => tickFlagger(given, state, { [given.metrics[0]!.name]: value }), beginFlagger);

it('promotes after so many good ticks; both ends of a range are good', () => {
  expect(play([99, 99, 100]).phase).toBe('promoted');
  expect(play([99, 99]).phase).toBe('progressing');
});

it('counts failed checks for good, and rolls back in the tick after the last one', () => {
  expect(play([98, 99, 98]).phase).toBe('progressing');
  expect(play([98, 99, 98, 100]).phase).toBe('failed');
});

it('fails a check without a value, as an outage of the metrics gives', () => {
  expect(play([null, null, 100]).phase).toBe('failed');
  expect(play([Number.NaN]).failedChecks).toBe(1);
});

it('reads the old threshold as a minimum for success, else as a maximum of whole milliseconds', () => {
  const old = (name: string, threshold: number): FlaggerAnalysis => ({ ...analysis, metrics: [{ name, threshold }] });
  expect(play([98.9], old('request-success-rate', 99)).failedChecks).toBe(1);
  expect(play([500.9], old('request-duration', 500)).failedChecks).toBe(0);
  expect(play([501], old('request-duration', 500)).failedChecks).toBe(1);
  expect(play([1], old('anything', 0.5)).failedChecks).toBe(1);
});
