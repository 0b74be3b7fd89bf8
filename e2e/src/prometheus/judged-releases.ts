import { createReleaser, definePolicy, fileJournal, functionEnvironment, type Releaser } from '@bluegreen/core';
import { prometheusMetrics } from '@bluegreen/prometheus';
import type { PrometheusServer } from '../../../packages/prometheus/src/prometheus-server.fixture.js';
import type { Site } from '../nginx/site.js';
import type { Behaviour, MeasuredServices } from './measured-services.js';

/** What one release came to. */
export interface JudgedRelease {
  readonly end: 'promoted' | 'rolled-back' | 'stuck' | 'none';
  /** The cause of its rollback as JSON, where it was rolled back. */
  readonly because: string | null;
  readonly sentence: string;
}

const policy = definePolicy({
  analyses: {
    errors: { kind: 'threshold', maxRate: 0.05, window: '4s', minSamples: 100, every: '500ms' },
    compared: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.05, every: '1s' },
    latency: { kind: 'latency', quantiles: [0.9], maxSlowdown: 1.5, warmUp: '1s', every: '1s' },
  },
  guardrails: ['compared', 'latency'],
  shift: [{ to: 50, hold: '5s' }, { to: 100 }],
  bake: { for: '5s', gates: [{ analysis: 'errors', onFailure: 'pause' }] },
  retire: { after: 'immediately', candidate: 'retire' },
  limits: { poll: '50ms', decide: '10s' },
});

/** A releaser over a real nginx, whose gates ask a real Prometheus. Versions are what their names say. */
export function judgingReleaser(site: Site, services: MeasuredServices, prometheus: PrometheusServer, journal: string) {
  return createReleaser({
    services: {
      web: {
        traffic: site.traffic,
        environment: functionEnvironment({
          urls: site.backends.urls,
          deploy: ({ slot, version }) => services.deploy(slot, version, behaviourOf(version)),
          retire: ({ slot }) => site.backends.retire(slot),
        }),
      },
    },
    journal: fileJournal(journal),
    metrics: prometheusMetrics({
      url: prometheus.url,
      services: { web: { job: 'web' } },
      slots: { blue: { slot: 'blue' }, green: { slot: 'green' } },
      requests: { metric: 'http_requests_total' },
      errors: { match: { status: { matches: '5..' } } },
      latency: { metric: 'http_request_duration_seconds' },
      timeout: '2s',
    }),
  });
}

function behaviourOf(version: string): Behaviour {
  if (version.startsWith('bad')) return { failsOneIn: 3 };
  return version.startsWith('slow') ? { delayMs: 80 } : {};
}

export async function judgedRelease(releaser: Releaser, version: string): Promise<JudgedRelease> {
  const release = await releaser.start({ versions: { web: version }, policy, requestedBy: 'e2e' });
  const finished = await release.until('release-finished');
  const begun = (await release.until('rollback-begun'))?.cause;
  const { sentence } = await release.explain();
  return { end: finished?.end ?? 'none', because: begun === undefined ? null : JSON.stringify(begun), sentence };
}

export interface Outage {
  /** The last word of the gate of the bake when the release paused. */
  readonly verdict: string;
  readonly paused: boolean;
  /** Verdicts of the gate of the bake between the outage and its end. */
  readonly during: readonly string[];
  /** How it ended after Prometheus was back and a person had resumed it. */
  readonly end: JudgedRelease['end'];
}

/** A good version whose bake loses its Prometheus: it is held, and goes on when there is evidence again. */
export async function outage(releaser: Releaser, prometheus: PrometheusServer, version: string): Promise<Outage> {
  const release = await releaser.start({ versions: { web: version }, policy, requestedBy: 'e2e' });
  const during: string[] = [];
  let verdict = 'none';
  let isOut = false;
  let paused = false;
  for await (const event of release) {
    if (event.type === 'phase-entered' && event.phase === 'baking' && !isOut) {
      isOut = true;
      await prometheus.kill();
    }
    if (event.type === 'gate-judged' && event.gate.startsWith('bake/')) {
      verdict = event.verdict;
      if (!paused) during.push(event.verdict);
    }
    if (event.type === 'release-paused') {
      paused = true;
      await prometheus.start();
      await releaser.resume(release.id, { by: 'e2e', reason: 'Prometheus is back' });
      break;
    }
  }
  const seen = verdict;
  const finished = await release.until('release-finished');
  return { verdict: seen, paused, during, end: finished?.end ?? 'none' };
}
