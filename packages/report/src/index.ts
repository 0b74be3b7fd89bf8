export { type LiveOptions, type LiveReport, liveReport } from './live.js';
export { printReport } from './print-report.js';
export { renderLine } from './render-line.js';
export { renderTree, type TreeOptions } from './render-tree.js';
export { nextSummary, summarise } from './summarise.js';
export type {
  CommandSummary,
  DipSummary,
  DriftSummary,
  EarlierRun,
  GateAttempt,
  GateSummary,
  PauseSummary,
  PhaseSummary,
  Place,
  RecoverySummary,
  ReleaseSummary,
  ServiceSummary,
  SlotReading,
  SlotSummary,
  StepSummary,
  StuckSummary,
  WriteSummary,
} from './summary.js';
export { type OutputStream, type TerminalOptions, terminalOptions } from './terminal-options.js';
