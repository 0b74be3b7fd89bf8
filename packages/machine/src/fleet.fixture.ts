import { environmentCapabilities, everythingTo, type Fence, type Slot, type TrafficTarget } from '@bluegreen/contract';
import type { CompiledPolicy } from './compiled-policy.js';
import type { Effect } from './effects.js';
import type { CommandFact, Fact } from './events.js';
import { nextState } from './next-state.js';
import { capable, policyOf } from './plan.fixture.js';
import { start } from './release.fixture.js';
import type { PlannedService, ReleasePlan } from './release-plan.js';
import type { ReleaseState, ServiceState } from './state.js';
import { effectsFor, wakeAt } from './wanted-effects.js';

/** One service of the fleet, as its router and its two slots really are. */
interface Place {
  target: TrafficTarget | null;
  fence: Fence | undefined;
  readonly version: Record<Slot, string | null>;
  readonly releaseId: Record<Slot, string | undefined>;
  readonly ready: Record<Slot, number>;
}

type Write = Effect & { readonly kind: 'route' | 'converge' };
type WithoutAt<F> = F extends unknown ? Omit<F, 'at'> : never;

/** What `dependsOn` says, by service. */
export type FleetPlan = Readonly<Record<string, readonly string[]>>;

export function fleetPlan(services: FleetPlan, policy: CompiledPolicy = policyOf()): ReleasePlan {
  const planned = Object.entries(services).map(([name, dependsOn]): [string, PlannedService] => [
    name,
    {
      version: 'v2',
      dependsOn,
      cohort: { kind: 'sticky' },
      traffic: { name: 'fake', resource: `router-${name}`, capabilities: capable },
      environment: {
        name: 'fake',
        resource: `cluster-${name}`,
        capabilities: environmentCapabilities({ fencing: 'enforced', lateWriteMs: 0 }),
      },
    },
  ]);
  return { format: 1, policy, services: Object.fromEntries(planned) };
}

/** A tiny world of several services that does what it is asked, one write after another. */
export class Fleet {
  state: ReleaseState;
  at = start;
  readonly places: Readonly<Record<string, Place>>;
  /** Every write that was carried out, as `api 10` (percent for the candidate), `deploy api green`, `retire api blue`. */
  readonly writes: string[] = [];
  /** Services whose router refuses for good. */
  readonly broken = new Set<string>();
  /** Services whose router accepts, and shows nothing of it. */
  readonly deaf = new Set<string>();

  constructor(plan: ReleasePlan, firsts: readonly string[] = []) {
    const names = Object.keys(plan.services);
    this.places = Object.fromEntries(names.map((name) => [name, placeOf(!firsts.includes(name))]));
    this.state = nextState(null, { type: 'release-requested', at: start, id: 'r1', requestedBy: 'ci', plan });
    const epochs = Object.fromEntries(
      names.flatMap((name) => [
        [`router-${name}`, 1],
        [`cluster-${name}`, 1],
      ]),
    );
    this.tell({ type: 'orchestrator-resumed', owner: 'one', absentMs: 0, epochs });
  }

  tell(fact: WithoutAt<Fact>): void {
    this.state = nextState(this.state, { ...fact, at: this.at } as Fact);
  }

  command(command: WithoutAt<CommandFact>): void {
    this.tell(command);
  }

  service(name: string): ServiceState {
    return this.state.services[name]!;
  }

  /** Percent of the users of a service who meet the new version now. */
  percent(name: string): number {
    return this.places[name]!.target?.weights.green ?? 0;
  }

  observeRouting(name: string): void {
    const { target, fence } = this.places[name]!;
    const drained = { kind: 'counted', open: 0 } as const;
    this.tell({
      type: 'routing-observed',
      service: name,
      observation: {
        routing: target === null ? { kind: 'unrouted' } : { kind: 'split', target },
        revision: `${JSON.stringify(target)} ${JSON.stringify(fence ?? null)}`,
        proof: 'proven',
        drain: { blue: drained, green: drained },
        ...(fence === undefined ? {} : { fence }),
      },
    });
  }

  observeSlot(name: string, slot: Slot): void {
    const place = this.places[name]!;
    const version = place.version[slot];
    const ready = version === null ? 0 : place.ready[slot];
    const id = place.releaseId[slot];
    const observation = { version, desired: ready, ready, ...(id === undefined ? {} : { releaseId: id }) };
    this.tell({ type: 'environment-observed', service: name, slot, observation });
  }

  /** Does everything that is wanted now, until nothing more is, or `stop` says so after a write or a read. */
  settle(stop: () => boolean): void {
    for (let round = 0; round < 500; round++) {
      if (stop()) return;
      const before = this.state;
      const write = effectsFor(this.state).find(
        (effect): effect is Write =>
          (effect.kind === 'route' || effect.kind === 'converge') && effect.notBefore <= this.at,
      );
      if (write !== undefined) this.#carryOut(write);
      for (const effect of effectsFor(this.state)) {
        if (stop()) return;
        if (effect.kind === 'observe-routing') this.observeRouting(effect.service);
        else if (effect.kind === 'observe-environment') this.observeSlot(effect.service, effect.slot);
      }
      if (this.state === before) return;
    }
    throw new Error(`never settles in ${this.state.phase}`);
  }

  /** Plays the release on until `done`, jumping from instant to instant. */
  play(done: () => boolean, limit = 500): void {
    for (let round = 0; round < limit; round++) {
      this.settle(done);
      if (done()) return;
      const instants = effectsFor(this.state).map(({ notBefore }) => notBefore);
      const at = Math.min(wakeAt(this.state, this.at) ?? Infinity, ...instants.filter((each) => each > this.at));
      if (!Number.isFinite(at)) throw new Error(`nothing leads on from ${this.state.phase}`);
      this.at = at;
      this.tell({ type: 'time-passed' });
    }
    throw new Error(`never there, is in ${this.state.phase}`);
  }

  playTo(phase: ReleaseState['phase']): void {
    this.play(() => this.state.phase === phase);
  }

  #carryOut(effect: Write): void {
    const { key, fence, service } = effect;
    const place = this.places[service]!;
    if (effect.kind === 'route') {
      const { target, expected } = effect;
      this.tell({ type: 'effect-started', key, write: { kind: 'route', service, fence, target, expected } });
      if (this.broken.has(service)) {
        const result = { outcome: 'failed', reaction: 'permanent', code: 'fake/broken', message: 'broken' } as const;
        this.tell({ type: 'effect-settled', key, result });
        return;
      }
      this.writes.push(`${service} ${target.weights.green}`);
      if (!this.deaf.has(service)) Object.assign(place, { target, fence });
    } else {
      const { slot, release } = effect.target;
      const deployed = release === null || release === 'unchanged' ? null : release;
      this.tell({
        type: 'effect-started',
        key,
        write: { kind: 'converge', service, slot, fence, version: deployed?.version ?? null },
      });
      this.writes.push(`${deployed === null ? 'retire' : 'deploy'} ${service} ${slot}`);
      place.version[slot] = deployed?.version ?? null;
      place.releaseId[slot] = deployed?.id;
    }
    this.tell({ type: 'effect-settled', key, result: { outcome: 'accepted' } });
  }
}

function placeOf(isServing: boolean): Place {
  return {
    target: isServing ? everythingTo('blue', { cohort: { kind: 'sticky' } }) : null,
    fence: undefined,
    version: { blue: isServing ? 'v1' : null, green: null },
    releaseId: { blue: undefined, green: undefined },
    ready: { blue: 2, green: 2 },
  };
}
