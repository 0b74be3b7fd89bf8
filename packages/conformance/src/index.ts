export { conformanceErrors } from './error-codes.js';
export type { Rule, RuleResult, Size } from './rule.js';
export type { ConformanceOptions, ConformanceReport, TestFunctions } from './suite.js';
export type { ProbeRequest, TrafficBench, TrafficHarness } from './traffic/traffic-bench.js';
export { proveTrafficAdapter, testTrafficAdapter, trafficRules } from './traffic/traffic-suite.js';
