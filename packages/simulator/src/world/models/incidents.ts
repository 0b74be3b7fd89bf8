import { exponentialMs } from '../../random/durations.js';
import type { StreamKey } from '../../random/keyed-streams.js';
import type { IncidentOptions } from '../world-options.js';
import type { SharedStrain } from './answer-of.js';

interface Incident {
  readonly from: number;
  readonly to: number;
}

/** Troubles that have nothing to do with any version and hit both slots: as a Poisson process, or at given times. */
export class Incidents {
  readonly #options: IncidentOptions;
  readonly #key: StreamKey;
  readonly #planned: readonly Incident[];
  readonly #drawn: Incident[] = [];
  #drawnUntil: number;

  constructor(options: IncidentOptions, key: StreamKey, startedAt: number) {
    this.#options = options;
    this.#key = key;
    this.#drawnUntil = startedAt;
    this.#planned = (options.at ?? []).map(({ afterMs, forMs }) => ({
      from: startedAt + afterMs,
      to: startedAt + afterMs + forMs,
    }));
  }

  strainAt(at: number): SharedStrain {
    const { errorRate = 0.2, slowdown = 2 } = this.#options;
    return this.#isOn(at) ? { errorRate, slowdown } : { errorRate: 0, slowdown: 1 };
  }

  #isOn(at: number): boolean {
    this.#drawUntil(at);
    return [...this.#planned, ...this.#drawn].some(({ from, to }) => from <= at && at < to);
  }

  #drawUntil(at: number): void {
    const { everyMs, meanMs = 1_200_000 } = this.#options;
    if (everyMs === undefined) return;
    while (this.#drawnUntil <= at) {
      const stream = this.#key.at(this.#drawn.length);
      const from = this.#drawnUntil + exponentialMs(stream, everyMs);
      this.#drawnUntil = from + exponentialMs(stream, meanMs);
      this.#drawn.push({ from, to: this.#drawnUntil });
    }
  }
}
