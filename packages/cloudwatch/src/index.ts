export { cloudwatchMetrics } from './cloudwatch-metrics.js';
export { cloudwatchErrors } from './error-codes.js';
export type { CloudwatchOptions, MeasuredService } from './options.js';
