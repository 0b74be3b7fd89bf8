import { describe, expect, it } from 'vitest';
import { type ArgoMetric, type ArgoResult, addToArgo, argoRun, beginArgo, measureArgo, terminateArgo } from './argo.js';

const success = (value: number) => value < 0.01;
const failure = (value: number) => value >= 0.05;

describe('one measurement', () => {
  it.each([
    ['nothing to hold it against', {}, 0.5, 'successful'],
    ['success only', { successCondition: success }, 0.001, 'successful'],
    ['success only', { successCondition: success }, 0.02, 'failed'],
    ['failure only', { failureCondition: failure }, 0.02, 'successful'],
    ['failure only', { failureCondition: failure }, 0.06, 'failed'],
    ['both, neither true', { successCondition: success, failureCondition: failure }, 0.02, 'inconclusive'],
    ['both, failure first', { successCondition: () => true, failureCondition: failure }, 0.06, 'failed'],
    ['NaN, success only', { successCondition: success }, Number.NaN, 'failed'],
    ['NaN, failure only', { failureCondition: failure }, Number.NaN, 'successful'],
    ['NaN, both', { successCondition: success, failureCondition: failure }, Number.NaN, 'inconclusive'],
    ['an empty answer', { successCondition: success }, null, 'error'],
  ] as const)('%s', (_, metric, value, expected) => {
    expect(measureArgo(metric, { value })).toBe(expected);
  });

  it('is an error when the provider or the condition fails', () => {
    const throwing = { successCondition: () => JSON.parse('{') as boolean };
    expect(measureArgo(throwing, { value: 1 })).toBe('error');
    expect(measureArgo({}, { value: 1, isError: true })).toBe('error');
  });
});

function play(metric: ArgoMetric, results: readonly ArgoResult[]) {
  return results.reduce((state, result) => addToArgo(metric, state, result), beginArgo);
}

describe('when a metric is over', () => {
  const five = { hasInterval: true, count: 5, failureLimit: 1 } as const;

  it('after its count, or after more failures than its limit', () => {
    expect(play(five, Array(5).fill('successful')).phase).toBe('successful');
    expect(play(five, ['failed', 'successful', 'successful', 'successful', 'successful']).phase).toBe('successful');
    expect(play(five, ['failed', 'failed']).phase).toBe('failed');
    expect(play({ ...five, failureLimit: -1 }, Array(5).fill('failed')).phase).toBe('successful');
  });

  it('errors do not count, and the fifth in a row ends it', () => {
    expect(play(five, ['error', 'error', 'error', 'error', 'successful']).phase).toBe('running');
    expect(play(five, Array(5).fill('error')).phase).toBe('error');
  });

  it('without a count: after one measurement, or with an interval never', () => {
    expect(play({}, ['successful']).phase).toBe('successful');
    expect(play({ hasInterval: true }, Array(100).fill('successful')).phase).toBe('running');
  });

  it('consecutive successes end it early; a count without them does not succeed', () => {
    const metric = { hasInterval: true, count: 5, consecutiveSuccessLimit: 3, failureLimit: 2 } as const;
    expect(play(metric, ['failed', 'successful', 'successful', 'successful']).phase).toBe('successful');
    const never: ArgoResult[] = ['successful', 'failed', 'successful', 'successful', 'failed'];
    expect(play(metric, never).phase).toBe('inconclusive');
    expect(play({ ...metric, failureLimit: -1 }, never).phase).toBe('failed');
  });

  it('limits that are passed together: error before inconclusive before failed', () => {
    const metric = { hasInterval: true, inconclusiveLimit: 0, failureLimit: 0 };
    const mixed = { ...beginArgo, failed: 1, inconclusive: 1 };
    expect(addToArgo(metric, mixed, 'successful').phase).toBe('inconclusive');
    expect(addToArgo(metric, { ...mixed, consecutiveErrors: 4 }, 'error').phase).toBe('error');
  });

  it('ended from outside, what broke no limit is successful, measured or not', () => {
    expect(terminateArgo(beginArgo).phase).toBe('successful');
    expect(terminateArgo(play(five, ['failed', 'failed'])).phase).toBe('failed');
  });
});

it('a run is as bad as its worst metric, and as late as its last', () => {
  const over = play({}, ['successful']);
  expect(argoRun([over, beginArgo])).toBe('running');
  expect(argoRun([over, { ...beginArgo, dryRun: true }])).toBe('running');
  expect(argoRun([over, play({ failureLimit: 0 }, ['failed'])])).toBe('failed');
  expect(argoRun([over, { ...play({ failureLimit: 0 }, ['failed']), dryRun: true }])).toBe('successful');
});
