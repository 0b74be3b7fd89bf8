import { type Slot, slots } from '@bluegreen/contract';
import type { TendingRecord } from '../world/ledger.js';
import { found, type JudgedRelease, routingOf, targetOf } from './judged.js';

/** S48: the workers of one service run in one slot at a time, unless the policy wants an overlap on the way back. */
export function workersRunOnce(judged: JudgedRelease): string[] {
  const { workers } = judged.state.plan.policy;
  if (workers === undefined) return [];
  return servicesThat('workers', judged).flatMap((service) => {
    const problems: string[] = [];
    const working: Record<Slot, boolean> = { blue: false, green: false };
    for (const { at, slot, workers: now } of tendingsOf(judged, service)) {
      working[slot] = now === 'active' && runs(judged, service, slot, at);
      const other: Slot = slot === 'blue' ? 'green' : 'blue';
      const both = working[slot] && working[other] && runs(judged, service, other, at);
      if (both && !(workers.onRollback === 'overlap' && isGoingBack(judged, at))) {
        problems.push(found('S48', at, judged, `the workers of ${service} run in both slots`));
      }
    }
    return problems;
  });
}

/** S17: autoscalers stand still while weights move, and are free again at the end. */
export function freezesAreThawed(judged: JudgedRelease): string[] {
  if (judged.state.plan.policy.prepare.autoscaling !== 'freeze') return [];
  return servicesThat('autoscaling', judged).flatMap((service) => [
    ...leftFrozen(judged, service),
    ...movedUnfrozen(judged, service),
  ]);
}

function servicesThat(can: 'workers' | 'autoscaling', { state }: JudgedRelease): readonly string[] {
  return Object.keys(state.services).filter((name) => state.plan.services[name]!.environment.capabilities[can]);
}

function tendingsOf({ ledger }: JudgedRelease, service: string): readonly TendingRecord[] {
  return ledger.tendings.filter((one) => one.service === service);
}

function leftFrozen(judged: JudgedRelease, service: string): string[] {
  const { state, ledger } = judged;
  if (state.phase !== 'promoted' && state.phase !== 'rolled-back') return [];
  return slots.flatMap((slot) => {
    const last = tendingsOf(judged, service).findLast((one) => one.slot === slot);
    const isFrozen = last?.autoscaling === 'frozen' && runs(judged, service, slot, ledger.at);
    return isFrozen ? [found('S17', ledger.at, judged, `the autoscaler of ${slot} of ${service} stays frozen`)] : [];
  });
}

function movedUnfrozen(judged: JudgedRelease, service: string): string[] {
  const { roles } = judged.state.services[service]!;
  if (roles === null) return [];
  let before = 0;
  return routingOf(judged.ledger, service).flatMap((record) => {
    const weight = targetOf(record)?.weights[roles.candidate] ?? 0;
    const isUp = weight > before && record.by === 'route';
    before = weight;
    if (!isUp) return [];
    const free = slots.filter((slot) => {
      const last = tendingsOf(judged, service).findLast((one) => one.slot === slot && one.at <= record.at);
      return last?.autoscaling !== 'frozen' && runs(judged, service, slot, record.at);
    });
    return free.map((slot) => found('S17', record.at, judged, `weights moved while ${slot} of ${service} could scale`));
  });
}

/** Something runs in the slot at this instant. */
function runs({ ledger }: JudgedRelease, service: string, slot: Slot, at: number): boolean {
  const isHere = (one: { readonly service: string; readonly slot: Slot; readonly at: number }): boolean =>
    one.service === service && one.slot === slot && one.at <= at;
  const deployed = ledger.deployments.findLast(isHere);
  const lost = ledger.irreversible.findLast((one) => isHere(one) && one.action === 'retire');
  return deployed !== undefined && (lost === undefined || lost.at < deployed.at);
}

function isGoingBack({ records }: JudgedRelease, at: number): boolean {
  const entered = records.findLast(({ event }) => event.type === 'phase-entered' && event.at <= at);
  if (entered?.event.type !== 'phase-entered') return false;
  const { phase, from } = entered.event;
  // One that got stuck on the way back is still between the two.
  return phase === 'rolling-back' || (phase === 'stuck' && from === 'rolling-back');
}
