import { durationMs, type Slot, slots } from '@bluegreen/contract';
import { fail } from './failure.js';
import type { CounterQuery, HistogramQuery, LabelMatch, PrometheusOptions, Secret } from './options.js';

/** The options with every default filled in and every value checked. */
export interface Settings {
  readonly name: string;
  /** Ends without a slash and without `/api/v1`. */
  readonly url: URL;
  readonly services: Readonly<Record<string, LabelMatch>>;
  readonly slots: Readonly<Record<Slot, LabelMatch>>;
  readonly requests: CounterQuery;
  readonly errors: CounterQuery & {
    /** The errors are some of the requests: every scrape that has one has the other. */
    readonly isSameMetric: boolean;
    readonly zeroWhenNeverSeen: boolean;
  };
  readonly latency: (HistogramQuery & { readonly unitMs: number }) | null;
  readonly instance: readonly string[];
  readonly lagMs: number;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly tls: PrometheusOptions['tls'];
  /** Without those that say who asks. */
  readonly headers: Readonly<Record<string, string | Secret>>;
  readonly bearer: Secret | null;
  readonly basic: { readonly user: string; readonly password: Secret } | null;
  readonly parameters: Readonly<Record<string, string>>;
}

const defaultAnswerBytes = 32 * 1024 * 1024;

/** Checks the options. @throws `prometheus/options-invalid` with the option and the reason. */
export function readOptions(options: PrometheusOptions): Settings {
  const url = readUrl(options.url);
  if (options.bearer !== undefined && options.basic !== undefined) refuse('bearer', 'give bearer or basic, not both');
  if (options.tls !== undefined && url.protocol !== 'https:') refuse('tls', 'the url is not https');
  if (Object.keys(options.services ?? {}).length === 0) refuse('services', 'name at least one service');
  const { errors, latency } = options;
  const requests = readQuery('requests', options.requests);
  const isSameMetric = errors?.metric === undefined || errors.metric === requests.metric;
  if (isSameMetric && Object.keys(errors?.match ?? {}).length === 0) {
    refuse('errors', 'every request would be an error: choose some by `match`, or name a metric of their own');
  }
  return {
    name: options.name ?? 'prometheus',
    url,
    services: Object.fromEntries(
      Object.entries(options.services).map(([service, match]) => [service, readMatch(`services.${service}`, match)]),
    ),
    slots: readSlots(options.slots),
    requests,
    errors: {
      ...readQuery('errors', { ...errors, metric: errors.metric ?? requests.metric }),
      isSameMetric,
      zeroWhenNeverSeen: errors.zeroWhenNeverSeen === true,
    },
    latency:
      latency === undefined
        ? null
        : { ...readQuery('latency', latency), unitMs: latency.unit === 'milliseconds' ? 1 : 1_000 },
    instance: (options.instance ?? ['job', 'instance']).map((label) => readLabel('instance', label)),
    lagMs: durationMs(options.lag ?? '0s', 'lag'),
    timeoutMs: durationMs(options.timeout ?? '10s', 'timeout'),
    maxAnswerBytes: options.maxAnswerBytes ?? defaultAnswerBytes,
    tls: options.tls,
    headers: options.headers ?? {},
    bearer: options.bearer ?? null,
    basic: options.basic ?? null,
    parameters: options.parameters ?? {},
  };
}

function readUrl(text: string): URL {
  if (!URL.canParse(text)) refuse('url', 'it is no address');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') refuse('url', 'it is neither http nor https');
  // What stands in a URL is printed with it.
  if (url.username !== '' || url.password !== '') refuse('url', 'give user and password in `basic`');
  if (url.search !== '' || url.hash !== '') refuse('url', 'give parameters in `parameters`');
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
  return url;
}

function readSlots(given: PrometheusOptions['slots']): Settings['slots'] {
  const [blue, green] = slots.map((slot) => readMatch(`slots.${slot}`, given?.[slot])) as [LabelMatch, LabelMatch];
  if (Object.keys(blue).length === 0 || Object.keys(green).length === 0) refuse('slots', 'name a label for each slot');
  if (JSON.stringify(blue) === JSON.stringify(green)) refuse('slots', 'blue and green are the same');
  return { blue, green };
}

function readQuery<Q extends { readonly metric: string; readonly match?: LabelMatch }>(option: string, query: Q): Q {
  const { metric, match } = query ?? {};
  if (typeof metric !== 'string' || !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric)) {
    refuse(`${option}.metric`, `${JSON.stringify(metric)} is no name of a metric; expressions are not queried`);
  }
  return { ...query, match: readMatch(`${option}.match`, match ?? {}) };
}

function readMatch(option: string, match: LabelMatch): LabelMatch {
  if (typeof match !== 'object' || match === null) refuse(option, 'name labels and what they must be');
  for (const [label, condition] of Object.entries(match)) {
    readLabel(option, label);
    const texts = typeof condition === 'string' ? [condition] : Object.values(condition ?? {});
    const isCondition =
      typeof condition === 'string' ||
      ['not', 'matches', 'matchesNot'].includes(Object.keys(condition ?? {}).join(' '));
    if (!isCondition || typeof texts[0] !== 'string') {
      refuse(`${option}.${label}`, 'give a text, or one of { not }, { matches }, { matchesNot }');
    }
  }
  return match;
}

function readLabel(option: string, label: string): string {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) && label !== '__name__') return label;
  return refuse(option, `${JSON.stringify(label)} is no label`);
}

function refuse(option: string, why: string): never {
  throw fail('prometheus/options-invalid', { detail: `${option}: ${why}` });
}
