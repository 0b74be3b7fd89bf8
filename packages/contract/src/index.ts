export type { ConvergeCall, ReadCall, WriteCall } from './calls.js';
export { environmentCapabilities, trafficCapabilities } from './capabilities.js';
export type { Clock, TimerHandle } from './clock.js';
export type { DocumentReading, DocumentTrafficOptions, LoadedDocument } from './document-traffic.js';
export { documentTraffic } from './document-traffic.js';
export { durationMs, printDuration, printInstant } from './duration.js';
export type {
  Deployment,
  EnvironmentAdapter,
  EnvironmentCapabilities,
  EnvironmentNeeds,
  EnvironmentObservation,
  EnvironmentTarget,
} from './environment.js';
export type { FailureDetails } from './error.js';
export { BluegreenError, fail, failures, isBluegreenError, refusalOf } from './error.js';
export type { ErrorCode } from './error-codes.js';
export { errorCodes } from './error-codes.js';
export type { ErrorEntry, ErrorTable, Reaction } from './error-entry.js';
export type { Fence } from './fence.js';
export { compareFences, printStamp, readStamp } from './fence.js';
export type { Finding } from './finding.js';
export { fingerprint } from './fingerprint.js';
export type { HttpReply } from './http-reply.js';
export { httpReply } from './http-reply.js';
export type { InFlight } from './in-flight.js';
export { inFlight } from './in-flight.js';
export type {
  Journal,
  JournalCommand,
  JournalEvent,
  JournalRecord,
  JournalSession,
  JournalWriter,
  Lease,
} from './journal.js';
export { releaseResource } from './journal.js';
export type { Logger } from './logger.js';
export type { MetricCounts, MetricQuestion, MetricSourceOptions } from './metric-source.js';
export { metricSource, metricsByService } from './metric-source.js';
export type {
  LatencyEdge,
  LatencyReading,
  MetricReading,
  MetricSample,
  MetricSeries,
  MetricSignal,
  MetricSource,
  MetricSpan,
} from './metrics.js';
export { pauseFor } from './pause.js';
export type { Slot } from './slot.js';
export { otherSlot, slots } from './slot.js';
export type { StoredRouting } from './stored-routing.js';
export { printRouting, readRouting } from './stored-routing.js';
export { systemClock } from './system-clock.js';
export { everythingTo, isMixtureOf, mayReach, normaliseTarget, pointsAt, sameTarget, soleSlot } from './target.js';
export type {
  Audience,
  AudienceKind,
  AudienceMatch,
  Cohort,
  CohortKind,
  Drain,
  Routing,
  TrafficAdapter,
  TrafficCapabilities,
  TrafficNeeds,
  TrafficObservation,
  TrafficTarget,
} from './traffic.js';
export type { UnsupportedPart } from './unsupported.js';
export { audienceKind, unsupportedPart } from './unsupported.js';
export type { Evidence, Verdict } from './verdict.js';
export type { Weights } from './weights.js';
export { weights, weightsOf } from './weights.js';
