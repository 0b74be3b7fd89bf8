import type { CallRecord } from '../world/ledger.js';
import { exposesMore, found, type JudgedRelease, routingOf, targetOf } from './judged.js';

type Write = CallRecord & { readonly operation: 'route' | 'converge' };

function isWrite(call: CallRecord): call is Write {
  return call.operation === 'route' || call.operation === 'converge';
}

function resourceOf({ operation, service }: Write, { state }: JudgedRelease): string {
  const { traffic, environment } = state.plan.services[service]!;
  return operation === 'route' ? traffic.resource : environment.resource;
}

/** S36: one owner has one write in flight per resource. S39: a write whose outcome is unknown is followed by a read. */
export function writesTakeTurns(judged: JudgedRelease): string[] {
  const problems: string[] = [];
  const last = new Map<string, { readonly call: Write; readonly index: number }>();
  judged.ledger.calls.forEach((call, index) => {
    if (!isWrite(call)) return;
    const { at, owner, service, operation, slot } = call;
    const resource = `${owner} ${resourceOf(call, judged)}`;
    const before = last.get(resource);
    last.set(resource, { call, index });
    if (before === undefined) return;
    const { endedAt } = before.call;
    // Who gives up on a call begins the next thing at the same instant.
    if (endedAt === null || endedAt > at) {
      problems.push(found('S36', at, judged, `${operation} of ${service} while ${before.call.key} was under way`));
      return;
    }
    if (!before.call.isUnknown || before.call.service !== service || before.call.slot !== slot) return;
    const read = operation === 'route' ? 'observe-routing' : 'observe-environment';
    const isRead = judged.ledger.calls
      .slice(0, index)
      .some(
        (each) =>
          each.at >= endedAt &&
          each.operation === read &&
          each.service === service &&
          each.slot === slot &&
          each.outcome === 'ok',
      );
    if (!isRead) problems.push(found('S39', at, judged, `${operation} of ${service} again without a read`));
  });
  return problems;
}

/** S49: a service gets no more users than those that it calls have at that instant. */
export function providersGoFirst(judged: JudgedRelease): string[] {
  const { ledger, state } = judged;
  return ledger.routing.flatMap((record, index) => {
    const { service, by, at } = record;
    const { dependsOn = [] } = state.plan.services[service]!;
    const candidate = state.services[service]!.roles?.candidate;
    if (by !== 'route' || dependsOn.length === 0 || candidate === undefined) return [];
    const earlier = ledger.routing.slice(0, index);
    const last = earlier.findLast((one) => one.service === service);
    const target = targetOf(record);
    if (target === null || last === undefined || !exposesMore(targetOf(last), target, candidate)) return [];
    return dependsOn.flatMap((provider) => {
      const role = state.services[provider]?.roles?.candidate;
      const there = routingOf({ ...ledger, routing: earlier }, provider).at(-1);
      if (role === undefined || there === undefined) return [];
      const has = targetOf(there)?.weights[role] ?? 0;
      return has >= target.weights[candidate]
        ? []
        : [
            found(
              'S49',
              at,
              judged,
              `${service} got ${target.weights[candidate]} %, its provider ${provider} has ${has} %`,
            ),
          ];
    });
  });
}
