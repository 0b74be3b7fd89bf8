import { type MetricCounts, type MetricQuestion, type MetricSource, metricSource } from '@bluegreen/contract';
import { fail } from './failure.js';
import { getMetricData } from './get-metric-data.js';
import type { CloudwatchOptions } from './options.js';
import { readOptions, type Settings } from './settings.js';

/**
 * A metric source over the metrics that an Application Load Balancer reports per target group: `RequestCount`, and the
 * sum of `errorMetrics`. Only whole periods inside a window are counted: one that began before it belongs in part to
 * another weight.
 *
 * Reads fail with `cloudwatch/…`; nothing that is incomplete is ever answered.
 *
 * @throws `cloudwatch/options-invalid`
 */
export function cloudwatchMetrics(options: CloudwatchOptions): MetricSource {
  const settings = readOptions(options);
  return metricSource({
    name: settings.name,
    lagMs: settings.lagMs,
    counts: (question) => counts(settings, question),
  });
}

async function counts(settings: Settings, question: MetricQuestion): Promise<readonly MetricCounts[]> {
  const { services, periodMs, errorMetrics } = settings;
  const { service: name, slot, signal } = question;
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined) throw fail('cloudwatch/service-unknown', { detail: name });
  const fromMs = Math.ceil(question.fromMs / periodMs) * periodMs;
  const toMs = Math.floor(question.toMs / periodMs) * periodMs;
  if (toMs <= fromMs) return [];
  const place = { loadBalancer: service.loadBalancer, targetGroup: service.targetGroups[slot] };
  const metrics = ['RequestCount', ...errorMetrics];
  const [requests, ...errors] = await getMetricData(settings, { ...place, metrics, fromMs, toMs }, signal);
  const periods = new Set([requests!, ...errors].flatMap((counted) => [...counted.keys()]));
  return [...periods]
    .filter((at) => at >= fromMs && at < toMs)
    .sort((a, b) => a - b)
    .map((at) => {
      const failed = errors.reduce((sum, counted) => sum + (counted.get(at) ?? 0), 0);
      // A request that failed was one, also where the load balancer did not count it because it reached no target.
      return { fromMs: at, toMs: at + periodMs, requests: Math.max(requests!.get(at) ?? 0, failed), errors: failed };
    });
}
