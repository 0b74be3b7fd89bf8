import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetricCounts, metricSource, metricsByService } from './metric-source.js';

const call = () => ({ signal: new AbortController().signal });
const window = { fromMs: 0, toMs: 60_000 };

describe('a metric source of your own', () => {
  it('makes a counter of the rows: what grew in a row lies between its ends, and a gap grows by nothing', async () => {
    const rows = [
      { fromMs: 0, toMs: 10_000, requests: 5, errors: 1 },
      { fromMs: 10_000, toMs: 20_000, requests: 7, errors: 0 },
      { fromMs: 40_000, toMs: 50_000, requests: 1, errors: 1 },
    ];
    const source = metricSource({ name: 'table', counts: async ({ slot }) => (slot === 'blue' ? rows : []) });
    expect(await source.read('web', window, 'requests', call())).toEqual({
      blue: [
        [
          { at: 0, value: 0 },
          { at: 10_000, value: 5 },
          { at: 20_000, value: 12 },
          { at: 40_000, value: 12 },
          { at: 50_000, value: 13 },
        ],
      ],
      green: [],
    });
    const { blue } = await source.read('web', window, 'errors', call());
    expect(blue[0]!.map(({ value }) => value)).toEqual([0, 1, 1, 1, 2]);
  });

  it('answers errors of 0 beside requests, and nothing beside nothing (S22)', async () => {
    const one = { fromMs: 0, toMs: 60_000, requests: 3, errors: 0 };
    const source = metricSource({ name: 'table', counts: async ({ slot }) => (slot === 'green' ? [one] : []) });
    const reading = await source.read('web', window, 'errors', call());
    expect(reading).toEqual({ blue: [], green: [[0, 60_000].map((at) => ({ at, value: 0 }))] });
  });

  it('asks once for both signals of a window, and again for the next one', async () => {
    const asked: string[] = [];
    const source = metricSource({
      name: 'table',
      counts: async ({ slot, toMs }) => {
        asked.push(`${slot} ${toMs}`);
        return [];
      },
    });
    await Promise.all([source.read('web', window, 'requests', call()), source.read('web', window, 'errors', call())]);
    expect(asked).toEqual(['blue 60000', 'green 60000']);
    await source.read('web', window, 'requests', call());
    expect(asked).toHaveLength(4);
  });

  it('does not give an aborted answer to somebody who asks afterwards', async () => {
    const controller = new AbortController();
    let asked = 0;
    const source = metricSource({
      name: 'slow',
      counts: ({ signal }) => {
        asked++;
        return new Promise((resolve, reject) => {
          if (asked > 2) resolve([]);
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        });
      },
    });
    const first = source.read('web', window, 'requests', { signal: controller.signal });
    controller.abort();
    await expect(source.read('web', window, 'requests', call())).resolves.toEqual({ blue: [], green: [] });
    await expect(first).rejects.toThrow('aborted');
  });

  it('passes on what the code of the user throws: a failure is no empty answer', async () => {
    const source = metricSource({ name: 'table', counts: () => Promise.reject(new Error('connection refused')) });
    await expect(source.read('web', window, 'requests', call())).rejects.toThrow('connection refused');
  });

  it.each<readonly [string, MetricCounts[]]>([
    ['a stretch without time', [{ fromMs: 5, toMs: 5, requests: 1, errors: 0 }]],
    ['a fraction', [{ fromMs: 0, toMs: 5, requests: 1.5, errors: 0 }]],
    ['less than nothing', [{ fromMs: 0, toMs: 5, requests: 1, errors: -1 }]],
    ['no number', [{ fromMs: 0, toMs: 5, requests: Number.NaN, errors: 0 }]],
    ['more errors than requests', [{ fromMs: 0, toMs: 5, requests: 1, errors: 2 }]],
    [
      'rows that overlap',
      [
        { fromMs: 0, toMs: 5, requests: 1, errors: 0 },
        { fromMs: 4, toMs: 9, requests: 1, errors: 0 },
      ],
    ],
  ])('refuses %s', async (_, rows) => {
    const source = metricSource({ name: 'table', counts: async () => rows });
    await expect(source.read('web', window, 'requests', call())).rejects.toMatchObject({
      code: 'metrics/counts-invalid',
    });
  });

  it('never decreases, and ends with the sum of the rows, whatever they are', async () => {
    const row = fc.record({ gapMs: fc.nat(50), longMs: fc.integer({ min: 1, max: 50 }), requests: fc.nat(1_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (drawn) => {
        let at = 0;
        const rows = drawn.map(({ gapMs, longMs, requests }) => {
          const fromMs = at + gapMs;
          at = fromMs + longMs;
          return { fromMs, toMs: at, requests, errors: requests >> 1 };
        });
        const source = metricSource({ name: 'table', counts: async () => rows });
        for (const signal of ['requests', 'errors'] as const) {
          const { blue } = await source.read('web', window, signal, call());
          const series = blue[0]!;
          series.slice(1).forEach((sample, index) => {
            expect(sample.at).toBeGreaterThan(series[index]!.at);
            expect(sample.value).toBeGreaterThanOrEqual(series[index]!.value);
          });
          expect(series.at(-1)!.value).toBe(rows.reduce((sum, each) => sum + each[signal], 0));
        }
      }),
    );
  });
});

describe('metrics by service', () => {
  const source = (name: string, lagMs?: number) =>
    metricSource({
      name,
      ...(lagMs === undefined ? {} : { lagMs }),
      counts: async ({ service }) => {
        throw new Error(`${name} was asked for ${service}`);
      },
    });

  it('sends each service to its own source, and waits for the slowest of them', async () => {
    const both = metricsByService({ web: source('one'), api: source('two', 180_000) });
    expect(both.lagMs).toBe(180_000);
    await expect(both.read('api', window, 'requests', call())).rejects.toThrow('two was asked for api');
    await expect(both.read('web', window, 'requests', call())).rejects.toThrow('one was asked for web');
    expect(await both.readLatency!('web', window, call())).toEqual([]);
  });

  it.each(['other', 'toString'])('refuses a service that nobody measures: %s', async (service) => {
    const both = metricsByService({ web: source('one') });
    await expect(both.read(service, window, 'errors', call())).rejects.toMatchObject({
      code: 'metrics/service-unknown',
    });
  });
});
