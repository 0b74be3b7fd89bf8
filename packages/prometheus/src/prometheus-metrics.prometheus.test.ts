import type { MetricReading, Slot } from '@bluegreen/contract';
import { increaseOf } from '@bluegreen/gates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMetrics, type PastSample } from './open-metrics.fixture.js';
import type { PrometheusOptions } from './options.js';
import { prometheusMetrics } from './prometheus-metrics.js';
import { hasPrometheus, type PrometheusServer, startPrometheus } from './prometheus-server.fixture.js';

const base = Date.UTC(2026, 2, 1, 12);
const scrapes = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => base + (first + index) * 15_000);
const call = () => ({ signal: new AbortController().signal });

const series = (labels: string, at: readonly number[], value: (index: number) => number): PastSample[] =>
  at.map((instant, index) => ({ series: labels, at: instant, value: value(index) }));

const web = (slot: string, instance: string, status: string) =>
  `http_requests_total{job="web",instance="${instance}",slot="${slot}",status="${status}"}`;
const bucket = (slot: string, le: string) =>
  `http_request_duration_seconds_bucket{job="web",instance="${slot}:80",slot="${slot}",le="${le}"}`;

// Blue: two processes, ten requests a scrape each, one of them with an error now and then. Green: one process that
// restarts at scrape 12, and whose errors are first seen at scrape 15.
const history: PastSample[] = [
  ...series(web('blue', 'a:80', '200'), scrapes(0, 40), (index) => 1_000 + 10 * index),
  ...series(web('blue', 'b:80', '200'), scrapes(0, 40), (index) => 9_000 + 10 * index),
  ...series(web('blue', 'b:80', '503'), scrapes(0, 40), (index) => 3 + Math.floor(index / 10)),
  ...series(web('green', 'c:80', '200'), scrapes(0, 11), (index) => 50 + 4 * index),
  ...series(web('green', 'c:80', '200'), scrapes(12, 40), (index) => 2 + 4 * index),
  ...series(web('green', 'c:80', '500'), scrapes(15, 40), (index) => 2 + index),
  ...series('http_errors_total{job="web",instance="b:80",slot="blue"}', scrapes(0, 40), () => 7),
  ...series('edge_errors_total{job="edge",instance="lb:80",slot="blue"}', scrapes(0, 40), () => 7),
  ...['blue', 'green'].flatMap((slot) => [
    ...series(bucket(slot, '0.05'), scrapes(0, 40), (index) => 6 * index),
    ...series(bucket(slot, '0.07'), scrapes(0, 40), (index) => 8 * index),
    ...series(bucket(slot, '+Inf'), scrapes(0, 40), (index) => 10 * index),
  ]),
  ...series(bucket('green', '0.5'), scrapes(0, 40), (index) => 9 * index),
];

describe.runIf(hasPrometheus('that the source reads a real Prometheus'))(
  'a real Prometheus',
  { timeout: 60_000 },
  () => {
    let server: PrometheusServer;
    beforeAll(async () => {
      server = await startPrometheus({ history: openMetrics(history) });
    }, 60_000);
    afterAll(() => server?.remove());

    const source = (more: Partial<PrometheusOptions> = {}) =>
      prometheusMetrics({
        url: server.url,
        services: { web: { job: 'web' } },
        slots: { blue: { slot: 'blue' }, green: { slot: 'green' } },
        requests: { metric: 'http_requests_total' },
        errors: { match: { status: { matches: '5..' } } },
        latency: { metric: 'http_request_duration_seconds' },
        ...more,
      });
    const window = (first: number, last: number) => ({ fromMs: base + first * 15_000, toMs: base + last * 15_000 });
    const counted = (
      reading: MetricReading,
      companions: MetricReading,
      slot: Slot,
      span: ReturnType<typeof window>,
    ) => {
      const increase = increaseOf(reading[slot], companions[slot], span);
      return increase.kind === 'counted' ? increase.count : increase.kind;
    };

    it('counts what happened, over several processes, a restart and errors that are first seen late', async () => {
      const span = window(10, 30);
      const requests = await source().read('web', span, 'requests', call());
      const errors = await source().read('web', span, 'errors', call());
      // Blue: two processes with ten a scrape, and the errors of the one that had some: at scrapes 20 and 30.
      expect(counted(requests, errors, 'blue', span)).toBe(2 * 20 * 10 + 2);
      expect(counted(errors, requests, 'blue', span)).toBe(2);
      // Green: one scrape of four, the first value after the restart, eighteen of four; errors from 0 to 17.
      expect(counted(errors, requests, 'green', span)).toBe(17);
      expect(counted(requests, errors, 'green', span)).toBe(4 + 2 + 18 * 4 + 17);
    });

    it('answers raw samples with their own instants, and shows that a series is older than its window', async () => {
      const span = window(10, 12);
      const { blue } = await source().read('web', span, 'requests', call());
      const first = blue.find((samples) => samples.some(({ value }) => value === 1_100))!;
      expect(first.at(-1)).toEqual({ at: base + 12 * 15_000, value: 1_120 });
      expect(first[0]!.at).toBeLessThan(span.fromMs);
    });

    it('answers no errors as 0 beside requests, at the instants of the requests (S22)', async () => {
      const span = window(1, 10);
      const { green } = await source().read('web', span, 'errors', call());
      expect(green.flat().every(({ value }) => value === 0)).toBe(true);
      expect(counted({ blue: [], green }, { blue: [], green: [] }, 'green', span)).toBe(0);
    });

    it('answers nothing where there are no requests (S22)', async () => {
      const later = window(400, 420);
      for (const signal of ['requests', 'errors'] as const) {
        expect(await source().read('web', later, signal, call())).toEqual({ blue: [], green: [] });
      }
      expect(await source().readLatency('web', later, call())).toEqual([]);
    });

    it('refuses a label that no request has, instead of seeing no errors for ever', async () => {
      const misspelt = source({ errors: { match: { code: { matches: '5..' } } } });
      await expect(misspelt.read('web', window(10, 30), 'errors', call())).rejects.toMatchObject({
        code: 'prometheus/label-missing',
      });
    });

    it('takes a metric of errors from the same processes to have counted 0 where it is absent', async () => {
      const span = window(10, 30);
      const separate = source({ errors: { metric: 'http_errors_total' } });
      const { blue, green } = await separate.read('web', span, 'errors', call());
      expect(counted({ blue, green }, { blue: [], green: [] }, 'blue', span)).toBe(0);
      expect(green.flat().length).toBeGreaterThan(0);
    });

    it('answers only what was measured where the errors are counted elsewhere', async () => {
      const elsewhere = source({ services: { web: {} }, errors: { metric: 'edge_errors_total' } });
      const { blue, green } = await elsewhere.read('web', window(10, 30), 'errors', call());
      expect(blue).toHaveLength(1);
      expect(green).toEqual([]);
    });

    it('refuses a metric of errors that was never seen, unless it is told that this means none', async () => {
      const unknown = source({ errors: { metric: 'http_eror_total' } });
      await expect(unknown.read('web', window(10, 30), 'errors', call())).rejects.toMatchObject({
        code: 'prometheus/errors-unknown',
      });
      const told = source({ errors: { metric: 'http_eror_total', zeroWhenNeverSeen: true } });
      const { green } = await told.read('web', window(10, 30), 'errors', call());
      expect(green.flat().every(({ value }) => value === 0)).toBe(true);
    });

    it('reads latencies below the edges that both slots have', async () => {
      const span = window(10, 30);
      const reading = await source().readLatency('web', span, call());
      expect(reading.map(({ atMostMs }) => atMostMs)).toEqual([50, 70, Number.POSITIVE_INFINITY]);
      const none: MetricReading = { blue: [], green: [] };
      expect(reading.map((edge) => counted(edge.counted, none, 'green', span))).toEqual([120, 160, 200]);
    });

    it('says what Prometheus says about a query that it cannot carry out', async () => {
      const broken = source({ requests: { metric: 'http_requests_total', match: { status: { matches: '(' } } } });
      await expect(broken.read('web', window(10, 30), 'requests', call())).rejects.toMatchObject({
        code: 'prometheus/query-refused',
        message: expect.stringContaining('missing closing'),
      });
    });

    it('reads a label whatever stands in it: a value is never a part of the query', async () => {
      const odd = source({ services: { web: { job: 'web"} or vector(1) or {a="\\' } } });
      expect(await odd.read('web', window(10, 30), 'requests', call())).toEqual({ blue: [], green: [] });
    });

    it('refuses slots that cannot be told apart (F28)', async () => {
      const mixed = source({ slots: { blue: { job: 'web' }, green: { slot: 'green' } } });
      await expect(mixed.read('web', window(10, 30), 'requests', call())).rejects.toMatchObject({
        code: 'prometheus/slots-overlap',
      });
    });
  },
);
