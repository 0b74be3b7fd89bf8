import { inFlight, type MetricSource, type MetricSpan, type ReadCall, type Slot } from '@bluegreen/contract';
import { type LabelledSeries, queryLabels, querySamples } from './api.js';
import { fail } from './failure.js';
import { latencyOf } from './histograms.js';
import type { LabelMatch, PrometheusOptions } from './options.js';
import { instanceKey } from './scrapes.js';
import { printRange, printSelector, type Selector } from './selector.js';
import { readOptions, type Settings } from './settings.js';
import {
  type Answers,
  checkApart,
  checkCounters,
  checkLabels,
  errorSeries,
  readingOf,
  requestSeries,
} from './signals.js';

/** A `MetricSource` that also has latencies. */
export type PrometheusMetrics = MetricSource & Required<Pick<MetricSource, 'readLatency' | 'lagMs'>>;

/** How far before a window is read, so that a series that is older than the window can be seen to be so. */
const lookbackMs = 300_000;
/** How long ago a metric of errors may have been seen last to be one that exists. */
const knownForMs = 7 * 86_400_000;

/**
 * A metric source over the HTTP API of Prometheus, and of what speaks it. It reads raw samples with range selectors and
 * lets Prometheus compute nothing: `rate()` and `increase()` extrapolate, and take no two series apart.
 *
 * Reads fail with `prometheus/…`; nothing that is incomplete is ever answered. Secrets are asked for at each request.
 *
 * @throws `prometheus/options-invalid`
 */
export function prometheusMetrics(options: PrometheusOptions): PrometheusMetrics {
  const settings = readOptions(options);
  const underWay = inFlight<Answers>();
  const requestsOf = (service: string, window: MetricSpan, call: ReadCall): Promise<Answers> =>
    underWay.join(`${window.fromMs} ${window.toMs} ${service}`, call.signal, async () => {
      const { metric, match = {} } = settings.requests;
      const answers = await bothSlots(settings, service, { is: metric }, match, window, call);
      checkCounters(answers, metric);
      return answers;
    });
  return {
    name: settings.name,
    lagMs: settings.lagMs,
    async read(service, window, signal, call) {
      const requests = await requestsOf(service, window, call);
      if (signal === 'requests') {
        return readingOf(requests, (slot) => requestSeries(requests[slot], settings.instance));
      }
      return readErrors(settings, service, requests, window, call);
    },
    async readLatency(service, window, call) {
      const { latency } = settings;
      if (latency === null) return [];
      const name = { matches: `${latency.metric}(_bucket)?` };
      const answers = await bothSlots(settings, service, name, latency.match ?? {}, window, call);
      checkApart(answers, latency.metric);
      return latencyOf(answers, latency, settings.instance);
    },
  };
}

async function readErrors(settings: Settings, service: string, requests: Answers, window: MetricSpan, call: ReadCall) {
  const { metric, match = {}, isSameMetric } = settings.errors;
  const base = isSameMetric ? (settings.requests.match ?? {}) : {};
  if (isSameMetric) checkLabels(requests, match, metric);
  const errors = await bothSlots(settings, service, { is: metric }, match, window, call, base);
  checkCounters(errors, metric);
  const areOfRequests = isSameMetric || (await areMeasuredTogether(settings, service, requests, errors, window, call));
  return readingOf({ blue: [...requests.blue, ...errors.blue], green: [...requests.green, ...errors.green] }, (slot) =>
    errorSeries(errors[slot], requests[slot], settings.instance, areOfRequests),
  );
}

/**
 * Whether the errors, counted by a metric of their own, come from the processes that count the requests: then one that
 * shows no errors had none. Where no error was ever seen, that can't be known.
 *
 * @throws `prometheus/errors-unknown`, `prometheus/label-missing`
 */
async function areMeasuredTogether(
  settings: Settings,
  service: string,
  requests: Answers,
  errors: Answers,
  { toMs }: MetricSpan,
  call: ReadCall,
): Promise<boolean> {
  const measuring = new Set(labelsOf(requests).map((labels) => instanceKey(labels, settings.instance)));
  if (measuring.size === 0) return false;
  const seen = labelsOf(errors);
  if (seen.length > 0) return seen.some((labels) => measuring.has(instanceKey(labels, settings.instance)));
  const { metric, match = {}, zeroWhenNeverSeen } = settings.errors;
  const selector = printSelector({ name: { is: metric }, match: [serviceMatch(settings, service)] });
  const known = await queryLabels(settings, selector, { fromMs: toMs - knownForMs, toMs }, call);
  if (known.length === 0) {
    if (zeroWhenNeverSeen) return true;
    throw fail('prometheus/errors-unknown', { detail: `${metric}, in the last 7 days` });
  }
  const missing = Object.keys(match).find((label) => !known.some((labels) => label in labels));
  if (missing !== undefined) throw fail('prometheus/label-missing', { detail: `${metric} has no label ${missing}` });
  // Processes come and go; what they are called by first, their job, stays.
  const job = settings.instance.slice(0, 1);
  const jobs = new Set(labelsOf(requests).map((labels) => instanceKey(labels, job)));
  return known.some((labels) => jobs.has(instanceKey(labels, job)));
}

function labelsOf({ blue, green }: Answers): readonly LabelledSeries['labels'][] {
  return [...blue, ...green].map(({ labels }) => labels);
}

async function bothSlots(
  settings: Settings,
  service: string,
  name: Selector['name'],
  match: LabelMatch,
  { fromMs, toMs }: MetricSpan,
  call: ReadCall,
  more: LabelMatch = {},
): Promise<Answers> {
  const rangeMs = toMs - fromMs + lookbackMs;
  const ask = (slot: Slot) => {
    const all = [serviceMatch(settings, service), settings.slots[slot], more, match];
    return querySamples(settings, printRange({ name, match: all }, rangeMs), toMs, call);
  };
  const [blue, green] = await Promise.all([ask('blue'), ask('green')]);
  return { blue, green };
}

function serviceMatch({ services }: Settings, service: string): LabelMatch {
  const match = Object.hasOwn(services, service) ? services[service] : undefined;
  if (match === undefined) throw fail('prometheus/service-unknown', { detail: service });
  return match;
}
