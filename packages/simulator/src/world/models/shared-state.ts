import type { KeyedStreams } from '../../random/keyed-streams.js';
import type { ServiceOptions } from '../world-options.js';
import { either, type SharedStrain } from './answer-of.js';
import { Incidents } from './incidents.js';

/** Calls that one slot makes of a dependency, in shares of what all users' requests make with one call each. */
export type DependencyLoad = Readonly<Record<string, number>>;

const calm: SharedStrain = { errorRate: 0, slowdown: 1 };

/** What both slots lean on: dependencies, a database that a migration can break, and whatever befalls everybody. */
export class SharedState {
  /** Share of requests that fail in both slots because of what was done to the data. */
  damage = 0;
  readonly #dependencies: readonly (readonly [name: string, utilisation: number, latencyShare: number])[];
  readonly #incidents: Incidents | null;

  constructor(
    service: string,
    { dependencies = {}, incidents }: Pick<ServiceOptions, 'dependencies' | 'incidents'>,
    streams: KeyedStreams,
    startedAt: number,
  ) {
    this.#dependencies = Object.entries(dependencies).map(([name, { utilisation = 0.4, latencyShare = 0.5 }]) => [
      name,
      utilisation,
      latencyShare,
    ]);
    this.#incidents =
      incidents === undefined ? null : new Incidents(incidents, streams.key('incidents', service), startedAt);
  }

  /** Nothing here ever changes anything. */
  get isCalm(): boolean {
    return this.damage === 0 && this.#dependencies.length === 0 && this.#incidents === null;
  }

  /** What everybody bears now. A dependency is shared evenly: its time grows as 1 / (1 - ρ), and above 1 the excess fails. */
  strainAt(at: number, load: DependencyLoad): SharedStrain {
    const incident = this.#incidents?.strainAt(at) ?? calm;
    let { slowdown } = incident;
    let errorRate = either(incident.errorRate, this.damage);
    for (const [name, utilisation, latencyShare] of this.#dependencies) {
      const used = utilisation * (load[name] ?? 0);
      const longer = (1 - utilisation) / Math.max(0.02, 1 - used);
      slowdown *= 1 + latencyShare * (Math.max(1, longer) - 1);
      if (used > 1) errorRate = either(errorRate, 1 - 1 / used);
    }
    return { errorRate, slowdown };
  }

  /** Names of the dependencies, for those who add up their load. */
  get dependencies(): readonly string[] {
    return this.#dependencies.map(([name]) => name);
  }
}
