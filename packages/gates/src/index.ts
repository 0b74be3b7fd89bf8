export type { Increase, MetricWindow } from './increase.js';
export { increaseOf } from './increase.js';
export type { Judgement, ThresholdLimits, ThresholdMeasurement } from './threshold.js';
export { judgeThreshold } from './threshold.js';
