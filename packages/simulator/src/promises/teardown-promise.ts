import type { Slot } from '@bluegreen/contract';
import { found, type JudgedRelease } from './judged.js';

/** Rule 7: the way back ends with a record, before the first request that can't be undone against the old slot. */
export function teardownIsAnnounced(judged: JudgedRelease): string[] {
  const { ledger, state, records } = judged;
  return ledger.irreversible.flatMap(({ service, slot, at, action }) => {
    const { roles } = state.services[service]!;
    if (action !== 'retire' || roles === null || slot !== roles.active) return [];
    const isSaid = records.some(
      ({ event }) => event.type === 'teardown-begun' && event.service === service && event.at <= at,
    );
    return isSaid ? [] : [found('S56', at, judged, `${slot} of ${service} was torn down without a word`)];
  });
}

/** S1: the candidate has as many instances as the policy says when it gets more users; `noticeMs` before is soon enough. */
export function capacityIsKept(judged: JudgedRelease, noticeMs: number): string[] {
  const { ledger, state } = judged;
  const { capacity } = state.plan.policy.prepare;
  const before = new Map<string, number>();
  return ledger.routing.flatMap(({ service, routing, by, at, places }) => {
    const { roles } = state.services[service]!;
    if (roles === null) return [];
    const weight = routing.kind === 'split' ? routing.target.weights[roles.candidate] : 0;
    const isUp = weight > (before.get(service) ?? 0) && by === 'route';
    before.set(service, weight);
    const { capabilities } = state.plan.services[service]!.environment;
    if (!isUp || !capabilities.capacity) return [];
    const needed = capacity === 'match-active' ? startedWith(judged, service, noticeMs) : capacity;
    const known = knownSize(judged, service, roles.candidate, at - noticeMs);
    const desired = Math.max(places[roles.candidate].desired, known);
    return desired >= needed
      ? []
      : [
          found(
            'S1',
            at,
            judged,
            `${roles.candidate} of ${service} got ${weight} % with ${desired} of ${needed} instances`,
          ),
        ];
  });
}

/** What was ready of the active slot when the candidate was deployed, or a moment before: `match-active` means no less. */
function startedWith({ ledger, state }: JudgedRelease, service: string, noticeMs: number): number {
  const { roles } = state.services[service]!;
  const deployed = ledger.deployments.find((one) => one.service === service && one.owner !== null);
  if (roles === null || roles.active === null || deployed === undefined) return 1;
  const counts = ledger.readiness.filter(
    (one) => one.service === service && one.slot === roles.active && one.at <= deployed.at,
  );
  const before = counts.findLast(({ at }) => at < deployed.at - noticeMs) ?? counts[0];
  const during = counts.filter(({ at }) => at >= deployed.at - noticeMs);
  const ready = [...during, ...(before === undefined ? [] : [before])].map((one) => one.ready);
  return Math.max(1, ready.length === 0 ? 1 : Math.min(...ready));
}

/** As many as were wanted at any time since then: what an autoscaler takes is read a moment later. */
function knownSize({ ledger }: JudgedRelease, service: string, slot: Slot, since: number): number {
  const sizes = ledger.readiness.filter((one) => one.service === service && one.slot === slot);
  const before = sizes.findLast(({ at }) => at < since);
  const during = sizes.filter(({ at }) => at >= since);
  return Math.max(0, ...[...during, ...(before === undefined ? [] : [before])].map(({ desired }) => desired));
}
