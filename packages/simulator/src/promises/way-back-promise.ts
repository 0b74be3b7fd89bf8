import type { ReleaseEvent } from '@bluegreen/machine';
import { exposureOf, found, type JudgedRelease, routingOf, targetOf } from './judged.js';

type Begun = Extract<ReleaseEvent, { readonly type: 'rollback-begun' }>;

/**
 * S28: the way back begins at once, whatever is still under way: the routing is written within two reads of the routing,
 * and no deployment is waited for. Where reads go wrong it takes as long as they do.
 */
export function waysBackDoNotWait(judged: JudgedRelease): string[] {
  return judged.records.flatMap(({ event }) => {
    if (event.type !== 'rollback-begun') return [];
    return Object.keys(judged.state.services).flatMap((service) => [
      ...lateRoute(event, service, judged),
      ...awaitedDeployment(event, service, judged),
    ]);
  });
}

function lateRoute({ at }: Begun, service: string, judged: JudgedRelease): string[] {
  const { ledger, state, absences } = judged;
  const { roles } = state.services[service]!;
  if (roles === null || roles.active === null) return [];
  const there = routingOf(ledger, service).findLast((record) => record.at <= at);
  const [percent, audiences] = exposureOf(there === undefined ? null : targetOf(there), roles.candidate);
  if (percent + audiences === 0) return [];
  const until = at + state.plan.policy.limits.pollMs * 2;
  const isDisturbed =
    absences.some(({ from, to }) => from <= until && to >= at) ||
    ledger.faults.some((fault) => fault.at <= until) ||
    ledger.calls.some(
      (call) =>
        call.service === service && call.operation.startsWith('observe') && call.fault !== null && call.at <= until,
    );
  const isBegun = ledger.calls.some(
    (call) => call.service === service && call.operation === 'route' && call.at >= at && call.at <= until,
  );
  return isDisturbed || isBegun || ledger.at < until
    ? []
    : [found('S28', until, judged, `the way back of ${service} was not begun ${until - at} ms after its cause`)];
}

function awaitedDeployment({ at }: Begun, service: string, judged: JudgedRelease): string[] {
  const awaited = judged.ledger.calls.find(
    (call) =>
      call.operation === 'converge' &&
      call.service === service &&
      call.key?.endsWith('/deploy') === true &&
      call.at <= at &&
      (call.endedAt ?? judged.ledger.at) > at + 1_000,
  );
  return awaited === undefined ? [] : [found('S28', at, judged, `${awaited.key} was waited for on the way back`)];
}

/** A rollback clears what this release deployed, when the policy says so, and nothing else. */
export function candidatesAreCleared(judged: JudgedRelease): string[] {
  const { state, ledger } = judged;
  return Object.keys(state.services).flatMap((service) => {
    const { roles } = state.services[service]!;
    if (roles === null) return [];
    const mine = (one: { readonly service: string; readonly slot: string }): boolean =>
      one.service === service && one.slot === roles.candidate;
    const strange = ledger.irreversible.find(
      (one) => mine(one) && one.action === 'retire' && one.releaseId !== state.id,
    );
    if (strange !== undefined) {
      return [found('S57', strange.at, judged, `${strange.version} was retired, which this release never deployed`)];
    }
    const isOver = state.phase === 'rolled-back' && state.plan.policy.retire.candidate === 'retire';
    const deployed = ledger.deployments.findLast((one) => mine(one) && one.releaseId === state.id);
    const isThere = deployed !== undefined && !ledger.irreversible.some((one) => mine(one) && one.at >= deployed.at);
    return isOver && isThere
      ? [found('S15', ledger.at, judged, `${service} is rolled back, and its candidate still runs`)]
      : [];
  });
}

/** S12: nobody asks for a slot to be torn down or deployed over that the last read shows in use; `readMs`: how old that may be. */
export function nobodyAsksForWhatServes(judged: JudgedRelease, readMs: number): string[] {
  const { ledger } = judged;
  return ledger.calls.flatMap(({ operation, service, slot, at, endedAt, outcome }) => {
    if (operation !== 'converge' || outcome !== 'adapter/slot-reachable') return [];
    const isNews = ledger.routing.some((one) => one.service === service && one.at >= at - readMs && one.by !== 'route');
    // What refuses it is a look of its own, which may be shown what was true before.
    const isMisled = ledger.calls.some(
      (read) =>
        read.operation === 'observe-routing' &&
        read.service === service &&
        (read.fault === 'stale' || read.fault === 'flapping') &&
        read.at >= at &&
        read.at <= (endedAt ?? at),
    );
    return isNews || isMisled
      ? []
      : [found('S12', at, judged, `${slot} of ${service} was to go while users could reach it`)];
  });
}
