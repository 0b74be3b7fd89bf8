import { increaseOf } from '@bluegreen/gates';
import { describe, expect, it } from 'vitest';
import { startApiServer } from './api-server.fixture.js';
import { nativeContentType, nativeExposition } from './native-exposition.fixture.js';
import { prometheusMetrics } from './prometheus-metrics.js';
import { hasPrometheus, startPrometheus } from './prometheus-server.fixture.js';

const run = describe.runIf(hasPrometheus('that native histograms of a real Prometheus are read'));

run('native histograms of a real Prometheus', { timeout: 60_000 }, () => {
  it('are counts at most so long, exact at powers of two', async () => {
    const metric = 'latency_seconds';
    // Buckets up to 1/8, 1/4, 1/2 and 1 s.
    let counts = [5, 0, 2, 1];
    const target = await startApiServer((_, response) => {
      response.setHeader('content-type', nativeContentType);
      response.end(nativeExposition({ metric, first: -3, counts }));
    });
    const address = target.url.replace('http://', '');
    const prometheus = await startPrometheus({
      targets: [{ address, labels: { slot: 'green' } }],
      scrapeMs: 200,
      flags: ['--enable-feature=native-histograms'],
    });
    try {
      await prometheus.untilSeen(`histogram_count(${metric}) == 8`);
      const fromMs = Date.now() - 60_000;
      counts = [25, 10, 2, 4];
      await prometheus.untilSeen(`histogram_count(${metric}) == 41`);
      const source = prometheusMetrics({
        url: prometheus.url,
        services: { web: { job: 'web' } },
        slots: { blue: { slot: 'blue' }, green: { slot: 'green' } },
        requests: { metric: 'requests_total' },
        errors: { metric: 'errors_total' },
        latency: { metric },
      });
      const window = { fromMs, toMs: Date.now() };
      const reading = await source.readLatency('web', window, { signal: new AbortController().signal });
      const shown = [125, 250, 500, 1_000, Number.POSITIVE_INFINITY];
      const grown = reading
        .filter(({ atMostMs }) => shown.includes(atMostMs))
        .map(({ atMostMs, counted }) => [atMostMs, increaseOf(counted.green, [], window)]);
      expect(grown).toMatchObject([
        [125, { count: 20 }],
        [250, { count: 30 }],
        [500, { count: 30 }],
        [1_000, { count: 33 }],
        [Number.POSITIVE_INFINITY, { count: 33 }],
      ]);
      expect(reading[0]!.counted.blue).toEqual([]);
    } finally {
      await prometheus.remove();
      await target.close();
    }
  });
});
