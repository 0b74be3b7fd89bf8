export type {
  Clock,
  EnvironmentAdapter,
  Finding,
  Journal,
  Logger,
  MetricSource,
  Slot,
  TrafficAdapter,
} from '@bluegreen/contract';
export { BluegreenError, isBluegreenError, systemClock } from '@bluegreen/contract';
export type { Explanation, Phase, Policy, ReleaseEvent, RollbackCause } from '@bluegreen/machine';
export { checkPolicy, definePolicy, parsePolicy } from '@bluegreen/machine';
export type { Service } from './adapter-performer.js';
export type { Authorize } from './authorization.js';
export { callbackHandler } from './callback-handler.js';
export type { Check, CheckAnswer, CheckContext } from './check.js';
export type { DeployRequest, FunctionEnvironmentOptions, RetireRequest } from './function-environment.js';
export { functionEnvironment } from './function-environment.js';
export type { Hook, HookContext } from './hook.js';
export { fileJournal } from './journal/file-journal.js';
export type { HostTime } from './journal/host.js';
export { hostTime } from './journal/host.js';
export { memoryJournal } from './journal/memory-journal.js';
export type { ReleaseFilter, ReleaseListing } from './list-releases.js';
export type { Notice, NotifySink, NotifySinks } from './notify/notice.js';
export type { ReleaseOutcome } from './outcome-of.js';
export type { ExpectedTraffic, PlannedGate } from './plan-gates.js';
export type { PlannedRouting, PlannedStep, ReleasePlanReport } from './plan-report.js';
export { Release } from './release.js';
export type { NumberedEvent } from './release-feed.js';
export type { Releaser, Said } from './releaser.js';
export { createReleaser } from './releaser.js';
export type { ReleaserOptions, StartRequest } from './releaser-options.js';
export type { AnalysisTrial, SeenSignal, TriedAnalysis } from './try-analysis.js';
export type { Webhook, WebhookQuestion } from './webhook.js';
export type { WebhookCallback } from './webhook-callback.js';
export type { Secrets } from './webhook-signature.js';
