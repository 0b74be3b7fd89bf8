import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import type { DeploymentRecord, Ledger } from '../world/ledger.js';

/** What users had of the release, as an omniscient judge counts it. Times are milliseconds. */
export interface UserImpact {
  readonly requests: number;
  /** Errors, and requests that met nothing ready, nothing at all, or no routing. */
  readonly failed: number;
  /** `failed` of `requests`, 0 to 1. */
  readonly failedShare: number;
  /** Failed requests beyond those that the old version would have failed by itself; can be below 0 by chance. */
  readonly excessFailed: number;
  /** Requests that the new version got, and how many of them failed. */
  readonly candidateRequests: number;
  readonly candidateFailed: number;
  /** From the request of the release to the first user on the new version; `null`: nobody met it. */
  readonly firstUserMs: number | null;
  /** From the first user on the new version to the begin of a rollback; `null`: nobody met it, or none began. */
  readonly detectedMs: number | null;
  /** From the first user on the new version until no routing sent anybody there any more; `null` as above. */
  readonly returnedMs: number | null;
}

/** @param baseErrorRate what the old version fails when all is well, 0 to 1. */
export function impactOf(
  records: readonly JournalRecord<ReleaseEvent>[],
  ledger: Ledger,
  service: string,
  baseErrorRate: number,
): UserImpact {
  const { requests, failed } = ledger.services[service]!;
  const candidate = ledger.deployments.findLast((one) => one.service === service && one.owner !== null);
  const firstUserAt = candidate?.firstUserRequestAt ?? null;
  const rollbackAt = records.find(({ event }) => event.type === 'rollback-begun')?.event.at ?? null;
  const returnedAt = candidate === undefined ? null : lastSentTo(ledger, service, candidate);
  const startedAt = records[0]?.event.at ?? ledger.startedAt;
  const since = (instant: number | null): number | null =>
    firstUserAt === null || instant === null ? null : Math.max(0, instant - firstUserAt);
  return {
    requests,
    failed,
    failedShare: requests === 0 ? 0 : failed / requests,
    excessFailed: failed - requests * baseErrorRate,
    candidateRequests: candidate?.requests ?? 0,
    candidateFailed: candidate?.errors ?? 0,
    firstUserMs: firstUserAt === null ? null : firstUserAt - startedAt,
    detectedMs: since(rollbackAt),
    returnedMs: rollbackAt === null ? null : since(returnedAt),
  };
}

/** When the routing stopped to send users to the candidate; `null`: it still does. */
function lastSentTo(ledger: Ledger, service: string, { slot, at }: DeploymentRecord): number | null {
  let left: number | null = null;
  for (const record of ledger.routing) {
    if (record.service !== service || record.at < at || record.routing.kind !== 'split') continue;
    const { weights, audiences } = record.routing.target;
    const isSent = weights[slot] > 0 || audiences.some((audience) => audience.slot === slot);
    left = isSent ? null : (left ?? record.at);
  }
  return left;
}
