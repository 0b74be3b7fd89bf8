import { type Slot, slots } from '@bluegreen/contract';
import type { RunningDeployment } from './deployment.js';
import type { CallRecord, DeploymentRecord, Ledger, SeenBy, ServiceTotals, SlotTotals } from './ledger.js';
import type { FollowedDeployment } from './ledger-book.js';
import type { SimulatedService } from './simulated-service.js';
import type { WorldCore } from './world-core.js';

/** The ledger up to now, as plain data that no later event changes. */
export function printLedger(core: WorldCore, seed: number, startedAt: number): Ledger {
  const { book, clock } = core;
  for (const service of core.services.values()) service.bringUpToNow();
  const deployments = book.deployments.map((followed) => printDeployment(core, followed));
  const printCalls = book.printCalls();
  let calls: readonly CallRecord[] | null = null;
  return {
    seed,
    startedAt,
    at: clock.now(),
    services: Object.fromEntries(
      [...core.services].map(([name, service]) => [name, totalsOf(service, name, deployments)]),
    ),
    routing: [...book.routing],
    irreversible: [...book.irreversible],
    deployments,
    readiness: [...book.readiness],
    tendings: [...book.tendings],
    faults: [...book.faults],
    get calls() {
      calls ??= printCalls();
      return calls;
    },
  };
}

function printDeployment(core: WorldCore, { service, slot, owner, deployment }: FollowedDeployment): DeploymentRecord {
  const { traffic, places } = core.services.get(service)!;
  const isThere = places[slot].deployment === deployment;
  const { requests, errors, copied } = isThere ? traffic.countsOf(places[slot]) : deployment;
  const { at, releaseId, version, firstReadyAt, firstUserRequestAt } = deployment;
  const slow = Math.min(requests, Math.round(deployment.slow));
  const people = peopleOf(core.services.get(service)!, deployment);
  const times = { at, firstReadyAt, firstUserRequestAt };
  const copies = copied === 0 ? {} : { copied };
  return { ...times, service, slot, releaseId, version, owner, requests, errors, ...copies, slow, people };
}

/**
 * Who met the version. Where percents mean people, as many as were sent there at one time, if they came; where each
 * request is drawn anew, everybody who sent enough of them: of `n` people with `r` requests, n (1 - e^(-r / n)).
 */
function peopleOf(service: SimulatedService, { seen }: RunningDeployment): Record<string, SeenBy> {
  const { population, router } = service;
  const { routing } = router.stored;
  const isDrawnAnew = routing.kind === 'split' && routing.target.cohort.kind === 'per-request';
  return Object.fromEntries(
    population.groups.map(({ name, share }, index) => {
      const users = Math.round(population.users * share);
      const { requests, mostShare } = seen[index] ?? { requests: 0, mostShare: 0 };
      const reached = isDrawnAnew ? users : users * mostShare;
      const met = reached === 0 ? 0 : reached * (1 - Math.exp(-requests / reached));
      return [name, { users, met: Math.round(met), requests: Math.round(requests) }];
    }),
  );
}

function totalsOf(service: SimulatedService, name: string, deployments: readonly DeploymentRecord[]): ServiceTotals {
  const { traffic } = service;
  const totals = (slot: Slot): SlotTotals => {
    const { unready, retired } = traffic.failedAt(slot);
    let requests = unready + retired;
    let errors = 0;
    for (const deployment of deployments) {
      if (deployment.service !== name || deployment.slot !== slot) continue;
      requests += deployment.requests;
      errors += deployment.errors;
    }
    return { requests, errors, unready, retired };
  };
  const perSlot = { blue: totals('blue'), green: totals('green') };
  const { cut, stray, unrouted } = traffic;
  let requests = stray;
  let failed = stray + cut;
  for (const slot of slots) {
    requests += perSlot[slot].requests;
    failed += perSlot[slot].errors + perSlot[slot].unready + perSlot[slot].retired;
  }
  const { capabilities, reportsHealth, proof } = service.options.router;
  const instanceMs = service.meter.total;
  return { requests, failed, cut, stray, unrouted, slots: perSlot, instanceMs, capabilities, reportsHealth, proof };
}
