import type { TrafficTarget } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import type { RoutingRecord } from '../world/ledger.js';
import { found, type JudgedRelease, routingOf, targetOf } from './judged.js';

type Reached = Extract<ReleaseEvent, { readonly type: 'step-reached' }>;

/**
 * S10 and S54: a step counts from when every service has the whole of it, weights, audiences and preview, on every router.
 * `readMs`: how old the last read of a routing may be.
 */
export function stepsAreInPlace(judged: JudgedRelease, readMs: number): string[] {
  return judged.records.flatMap(({ event }) => {
    if (event.type !== 'step-reached') return [];
    return Object.keys(judged.state.services).flatMap((service) => missing(event, service, judged, readMs));
  });
}

function missing(event: Reached, service: string, judged: JudgedRelease, readMs: number): string[] {
  const { roles } = judged.state.services[service]!;
  if (roles === null) return [];
  const { propagationMs } = judged.state.plan.services[service]!.traffic.capabilities;
  const isWhole = (target: TrafficTarget | null): boolean =>
    target !== null &&
    target.weights[roles.candidate] === event.percent &&
    target.mirror?.percent === mirrorOf(event, judged) &&
    hasPreview(target, event, service, judged) &&
    hasAudiences(target, event, service, judged);
  const stretches = stretchesOf(routingOf(judged.ledger, service), isWhole);
  const isProven = judged.ledger.services[service]!.proof === 'proven';
  const isLive = stretches.some(
    ({ from, to }) => from + (isProven ? 0 : propagationMs) <= event.at && to >= event.at - readMs,
  );
  return isLive ? [] : [found('S10', event.at, judged, `step ${event.step} was reached, but not by ${service}`)];
}

function hasPreview(target: TrafficTarget, _: Reached, service: string, { state }: JudgedRelease): boolean {
  const { roles } = state.services[service]!;
  const { capabilities } = state.plan.services[service]!.traffic;
  return !capabilities.preview || roles!.active === null || target.preview === roles!.candidate;
}

function hasAudiences(target: TrafficTarget, { step, percent }: Reached, service: string, judged: JudgedRelease) {
  const { roles } = judged.state.services[service]!;
  const { audiences } = target;
  const { shift } = judged.state.plan.policy;
  const wanted = percent === 100 ? [] : shift[step]!.audiences;
  if (audiences.length !== wanted.length) return false;
  return audiences.every(({ name, slot }) => wanted.includes(name) && slot === roles!.candidate);
}

/** The share of the requests that the candidate gets copies of in this step. */
function mirrorOf({ step, percent }: Reached, { state }: JudgedRelease): number | undefined {
  return percent === 100 ? undefined : state.plan.policy.shift[step]!.mirrorPercent;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The times in which the stored routing was as it should be. */
function stretchesOf(routing: readonly RoutingRecord[], is: (target: TrafficTarget | null) => boolean): Stretch[] {
  const stretches: Stretch[] = [];
  let since: number | null = null;
  for (const record of routing) {
    const isGood = is(targetOf(record));
    if (isGood) since ??= record.at;
    else if (since !== null) {
      stretches.push({ from: since, to: record.at });
      since = null;
    }
  }
  if (since !== null) stretches.push({ from: since, to: Number.POSITIVE_INFINITY });
  return stretches;
}
