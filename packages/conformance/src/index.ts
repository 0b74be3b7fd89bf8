export type { EnvironmentBench, EnvironmentHarness } from './environment/environment-bench.js';
export {
  environmentRules,
  proveEnvironmentAdapter,
  testEnvironmentAdapter,
} from './environment/environment-suite.js';
export { conformanceErrors } from './error-codes.js';
export type { JournalBench } from './journal/journal-bench.js';
export { journalRules, proveJournal, testJournal } from './journal/journal-suite.js';
export { printReport } from './print-report.js';
export type { Rule, RuleResult, Size } from './rule.js';
export type { ConformanceOptions, ConformanceReport, TestFunctions } from './suite.js';
export type { ProbeRequest, TrafficBench, TrafficHarness } from './traffic/traffic-bench.js';
export { proveTrafficAdapter, testTrafficAdapter, trafficRules } from './traffic/traffic-suite.js';
