import { describe, expect, it } from 'vitest';
import { classifyKayenta, type KayentaClass, type KayentaMetric, scoreKayenta } from './kayenta.js';

const errors: KayentaMetric = { name: 'errors', direction: 'increase' };
const steps = Array.from({ length: 20 }, (_, index) => index + 1);
const half = () => 0.5;
const classify = (metric: KayentaMetric, control: readonly number[], candidate: readonly number[]) =>
  classifyKayenta(metric, { control, candidate }, half);

describe('a metric', () => {
  it('is high or low only in the direction that matters', () => {
    const more = steps.map((value) => value + 100);
    expect(classify(errors, steps, more)).toBe('high');
    expect(classify(errors, more, steps)).toBe('pass');
    expect(classify({ name: 'either' }, more, steps)).toBe('low');
    expect(classify({ name: 'less', direction: 'decrease' }, steps, more)).toBe('pass');
  });

  it('passes a shift whose effect is smaller than allowed', () => {
    const more = steps.map((value) => value + 100);
    const ratio = 110.5 / 10.5;
    expect(classify({ ...errors, allowedIncrease: ratio + 0.1 }, steps, more)).toBe('pass');
    expect(classify({ ...errors, allowedIncrease: ratio - 0.1 }, steps, more)).toBe('high');
    expect(classify({ ...errors, effectSize: 'cles', allowedIncrease: 1 }, steps, more)).toBe('high');
    expect(classify({ ...errors, effectSize: 'cles', allowedIncrease: 1.01 }, steps, more)).toBe('pass');
  });

  it('has no effect to hold it against where a mean is 0', () => {
    const none = steps.map(() => 0);
    expect(classify({ ...errors, allowedIncrease: 1_000 }, none, steps)).toBe('high');
  });

  it('without data says so, and passes where absent values are zeros', () => {
    const nothing = steps.map(() => Number.NaN);
    expect(classify(errors, steps, [])).toBe('nodata');
    expect(classify(errors, nothing, steps)).toBe('nodata');
    expect(classify({ ...errors, mustHaveData: true }, steps, [])).toBe('nodata-fail');
    expect(classify({ ...errors, mustHaveData: true, critical: true }, steps, [])).toBe('nodata');
    expect(classify({ ...errors, nanStrategy: 'replace' }, steps, [])).toBe('pass');
    expect(classify({ ...errors, nanStrategy: 'replace' }, steps, nothing)).toBe('pass');
  });

  it('passes what is equal, and tells two constants apart by noise', () => {
    expect(classify(errors, steps, steps.toReversed())).toBe('pass');
    expect(classify(errors, [5, 5], [5])).toBe('pass');
    let turn = 0;
    const random = () => (turn = (turn + 0.37) % 1);
    const series = { control: steps.map(() => 1), candidate: steps.map(() => 2) };
    expect(classifyKayenta(errors, series, random)).toBe('high');
  });

  it('takes a step with six requests for as much as one with thousands', () => {
    const rates = (requests: number) => steps.map((value) => (value % 3) / requests);
    const twice = (requests: number) => rates(requests).map((rate) => 2 * rate);
    expect(classify(errors, rates(6), twice(6))).toBe(classify(errors, rates(60_000), twice(60_000)));
  });
});

describe('an hour of one-minute steps, both slots with a tenth of the traffic', () => {
  /** How many of 60 releases are flagged. */
  const flagged = (requestsPerMinute: number, rate: number) => {
    let state = 1;
    const random = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    const failures = (share: number) => {
      let count = 0;
      for (let request = 0; request < requestsPerMinute; request++) if (random() < share) count++;
      return count / requestsPerMinute;
    };
    const series = (share: number) => Array.from({ length: 60 }, () => failures(share));
    const metric = { ...errors, allowedIncrease: 0 };
    const releases = Array.from({ length: 60 }, () => ({ control: series(0.003), candidate: series(rate) }));
    return releases.filter((each) => classifyKayenta(metric, each, random) === 'high').length;
  };

  it('flags no good version', () => {
    expect(flagged(60, 0.003)).toBeLessThanOrEqual(1);
    expect(flagged(600, 0.003)).toBeLessThanOrEqual(1);
  });

  it('misses most doublings at 10 requests per second and finds them at 100', () => {
    expect(flagged(60, 0.006)).toBeLessThanOrEqual(15);
    expect(flagged(600, 0.006)).toBeGreaterThanOrEqual(52);
  });

  it('finds 5 % of errors at 10 requests per second, and mostly misses them at 1', () => {
    expect(flagged(60, 0.05)).toBe(60);
    expect(flagged(6, 0.05)).toBeLessThanOrEqual(30);
  });
});

describe('a score', () => {
  const judged = (...classes: readonly KayentaClass[]) =>
    classes.map((is, index) => ({ metric: { name: `m${index}`, group: index < 2 ? 'a' : 'b' }, is }));
  const thresholds = { pass: 95, marginal: 75 };
  const score = (classes: readonly KayentaClass[], weights = {}) =>
    scoreKayenta(judged(...classes), weights, thresholds);

  it('adds up groups, those without a weight with what is left', () => {
    expect(score(['pass', 'pass', 'pass'])).toEqual({ score: 100, label: 'pass' });
    expect(score(['pass', 'high', 'pass'])).toEqual({ score: 75, label: 'marginal' });
    expect(score(['pass', 'high', 'pass'], { a: 80 })).toEqual({ score: 60, label: 'fail' });
    expect(score(['pass', 'nodata-fail', 'pass']).score).toBe(75);
  });

  it('leaves out what has no data; a group of nothing else is full', () => {
    expect(score(['pass', 'pass', 'nodata']).score).toBe(100);
    expect(score(['error', 'pass', 'pass']).score).toBe(100);
    expect(score(['high', 'pass', 'nodata'], { a: 40 }).score).toBe(80);
  });

  it('is 0 when half of it has no data, or a critical metric did not pass', () => {
    expect(score(['pass', 'nodata', 'nodata', 'pass']).score).toBe(0);
    const critical = [
      { metric: { name: 'c', critical: true }, is: 'high' },
      { metric: { name: 'm' }, is: 'pass' },
    ] as const;
    expect(scoreKayenta(critical, {}, thresholds)).toEqual({ score: 0, label: 'fail' });
    expect(scoreKayenta([{ ...critical[0], is: 'error' }, critical[1]], {}, thresholds).score).toBe(100);
    const muted = [{ metric: { name: 'c', critical: true, muted: true }, is: 'high' }, critical[1]] as const;
    expect(scoreKayenta(muted, {}, thresholds).score).toBe(100);
  });
});
