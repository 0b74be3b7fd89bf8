export type { DecisionQuestion, DecisionTime } from './decision-time.js';
export { cleanRequestsNeeded, decisionTime } from './decision-time.js';
export type { DispersionSums } from './dispersion.js';
export {
  addToDispersion,
  cautiousTempering,
  dispersionOf,
  expectedTempering,
  noDispersion,
  temperingOf,
} from './dispersion.js';
export { exposureOf } from './error-exposure.js';
export type { ComparedLook, ErrorJudgeMemory, ErrorJudgeOptions, ErrorLook } from './error-judge.js';
export { comparedWindow, historyMs, judgeErrorRatio } from './error-judge.js';
export type {
  ErrorCell,
  ErrorRatioEvidence,
  ErrorRatioLimits,
  ErrorRatioState,
  ErrorRatioTests,
} from './error-ratio.js';
export {
  beginErrorRatio,
  copyErrorRatio,
  errorRatioEvidence,
  errorRatioTests,
  learnControl,
  weighErrors,
} from './error-ratio.js';
export type { LogEvidence, Mixture } from './evidence.js';
export { addStart, evenMixture, freshEvidence, logMean, logOf, startMass } from './evidence.js';
export type { ForecastQuestion, GateForecast } from './forecast.js';
export { forecastErrorRatio } from './forecast.js';
export type { Increase, MetricWindow } from './increase.js';
export { increaseOf } from './increase.js';
export type { Judgement, Word } from './judgement.js';
export { WordedJudgement } from './judgement.js';
export type { LatencyCell, LatencyEvidence, LatencyLimits, LatencyState, LatencyTests } from './latency-exceedance.js';
export { beginLatency, copyLatency, latencyEvidence, latencyTests, weighLatency } from './latency-exceedance.js';
export type { LatencyJudgeMemory, LatencyJudgeOptions, LatencyLook } from './latency-judge.js';
export { judgeLatency } from './latency-judge.js';
export type { LimitTest } from './limit-test.js';
export { addToLimit, limitTest } from './limit-test.js';
export { normalCdf } from './normal.js';
export type { ProportionInterval } from './proportion-interval.js';
export { binomialAtMost, exactInterval, wilsonInterval } from './proportion-interval.js';
export type { RatioInterval, TemperedCounts } from './ratio-interval.js';
export { ratioInterval } from './ratio-interval.js';
export type { RatioTest, Side, SlotCounts } from './ratio-test.js';
export { addToRatio, ratioTest } from './ratio-test.js';
export type { SampleRatioEvidence, SampleRatioTest } from './sample-ratio-test.js';
export { addToSampleRatio, freshSampleRatio, logOfSampleRatio, sampleRatioTest } from './sample-ratio-test.js';
export type { CommandedSplit } from './split-check.js';
export type { ThresholdLimits, ThresholdMeasurement } from './threshold.js';
export { judgeThreshold } from './threshold.js';
