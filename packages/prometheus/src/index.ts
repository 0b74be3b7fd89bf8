export { prometheusErrors } from './error-codes.js';
export type {
  CounterQuery,
  ErrorQuery,
  HistogramQuery,
  LabelCondition,
  LabelMatch,
  PrometheusOptions,
  Secret,
  TlsOptions,
} from './options.js';
export type { PrometheusMetrics } from './prometheus-metrics.js';
export { prometheusMetrics } from './prometheus-metrics.js';
