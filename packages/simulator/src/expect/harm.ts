import { durationMs, printDuration, slots } from '@bluegreen/contract';
import type { SimulatedRun } from '../result/simulated-run.js';
import { violationsOf } from '../world/invariants.js';
import { type Expectation, expectation } from './expectation.js';

/** Less than this share of all users' requests failed, 0 to 1; or fewer than so many requests. */
export function failedRequestsBelow(limit: number | { readonly count: number }): Expectation {
  const [bound, text] = typeof limit === 'number' ? [limit, percent(limit)] : [limit.count, `${limit.count} requests`];
  return expectation(`failed less than ${text} of its users' requests`, ({ impact }) => {
    const value = typeof limit === 'number' ? impact.failedShare : impact.failed;
    if (value < bound) return null;
    return `${impact.failed} of ${impact.requests} requests failed, ${percent(impact.failedShare)}`;
  });
}

/** A rollback began no later than this after the first user met the new version. */
export function detectedWithin(within: string): Expectation {
  return expectation(`saw within ${within} that something is wrong`, ({ impact }) => {
    if (impact.detectedMs === null) return 'no rollback began after users met the new version';
    return impact.detectedMs <= durationMs(within) ? null : `it took ${printDuration(impact.detectedMs)}`;
  });
}

/** At most so many requests of users reached the new version. */
export function exposedAtMost(requests: number): Expectation {
  return expectation(`showed the new version to at most ${requests} requests`, ({ impact }) =>
    impact.candidateRequests <= requests ? null : `${impact.candidateRequests} requests reached it`,
  );
}

/** No write ever gave users to a slot with nothing ready in it, and no request met such a slot. */
export function neverRoutedToUnready(): Expectation {
  return expectation('never routed to an unready slot', (run) => {
    for (const slot of slots) {
      const { unready, retired } = run.requests[slot];
      if (unready > 0) return `${unready} requests met ${slot} with no instance ready`;
      if (retired > 0) return `${retired} requests met ${slot} with nothing in it`;
    }
    const broken = violationsOf(run.ledger).find(({ id }) => id === 'S1' || id === 'S2');
    return broken === undefined ? null : broken.message;
  });
}

/**
 * The old version was still there, whole: until the promotion, or so long after the cutover (`'1h'`). After a rollback
 * it has to be there at the end.
 */
export function keptOldUntil(until: 'promotion' | (string & {})): Expectation {
  return expectation(
    `kept the old environment until ${until === 'promotion' ? 'the promotion' : `${until} after the cutover`}`,
    (run) => {
      const lostMs = oldLostMs(run);
      if (lostMs === null) return null;
      const neededMs = until === 'promotion' ? promotedMs(run) : (cutoverMs(run) ?? 0) + durationMs(until);
      if (neededMs === null) return `it was gone after ${printDuration(lostMs)}, and the release was never promoted`;
      return lostMs >= neededMs ? null : `it was gone ${printDuration(neededMs - lostMs)} too early`;
    },
  );
}

/** Broke none of the promises that every release makes, whatever its policy (docs/reference/scenarios.md). */
export function keptPromises(): Expectation {
  return expectation('kept the promises of every release', ({ ledger }) => {
    const [first, ...more] = violationsOf(ledger, { noticeMs: 60_000 });
    if (first === undefined) return null;
    return `${first.id}: ${first.message}${more.length === 0 ? '' : `, and ${more.length} more`}`;
  });
}

/** Running both environments at once cost at most so many instance-hours. */
export function doubleRunningAtMost(instanceHours: number): Expectation {
  return expectation(`ran both environments for at most ${instanceHours} instance-hours`, ({ cost }) =>
    cost.doubleRunningHours <= instanceHours ? null : `it was ${cost.doubleRunningHours.toFixed(2)} instance-hours`,
  );
}

/** When the slot that served at the beginning lost its version; `null`: it never did. */
function oldLostMs({ ledger, records }: SimulatedRun): number | null {
  const old = ledger.deployments.find(({ owner }) => owner === null);
  if (old === undefined) return null;
  const lost = ledger.irreversible.find(({ slot, version }) => slot === old.slot && version === old.version);
  return lost === undefined ? null : lost.at - records[0]!.event.at;
}

function promotedMs({ timeline }: SimulatedRun): number | null {
  return timeline.phases.find(({ phase }) => phase === 'retiring' || phase === 'promoted')?.fromMs ?? null;
}

function cutoverMs({ timeline, ledger }: SimulatedRun): number | null {
  const slot = ledger.deployments.findLast(({ owner }) => owner !== null)?.slot;
  if (slot === undefined) return null;
  return timeline.weights.find((weights) => weights[slot] === 100)?.atMs ?? null;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
