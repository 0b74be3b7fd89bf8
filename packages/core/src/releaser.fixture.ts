import {
  type EnvironmentAdapter,
  type EnvironmentObservation,
  environmentCapabilities,
  type Fence,
  isBluegreenError,
  type Slot,
  type TrafficAdapter,
  type TrafficObservation,
  type TrafficTarget,
  trafficCapabilities,
} from '@bluegreen/contract';
import type { Service } from './adapter-performer.js';

/** A service in memory whose adapters answer at once: for tests of the releaser itself, not of releases. */
export class MemoryService {
  target: TrafficTarget | null;
  fence: Fence | undefined;
  readonly running: Record<Slot, EnvironmentObservation>;
  readonly calls: string[] = [];
  /** Replaced by tests that need a call to fail, to hang, or to be watched. */
  before: (call: string) => Promise<void> = async () => {};

  constructor(version: string | null = 'v1', resource = 'web') {
    const empty = { version: null, desired: 0, ready: 0 };
    this.running = { blue: version === null ? empty : { version, desired: 1, ready: 1 }, green: empty };
    this.target =
      version === null
        ? null
        : {
            weights: { blue: 100, green: 0 },
            candidate: null,
            fallback: 'blue',
            preview: null,
            audiences: [],
            cohort: { kind: 'sticky' },
            mirror: null,
          };
    this.service = { traffic: this.#traffic(resource), environment: this.#environment(resource) };
  }

  readonly service: Service;

  async #note(call: string): Promise<void> {
    this.calls.push(call);
    await this.before(call);
  }

  #observation(): TrafficObservation {
    const stamp = this.fence === undefined ? {} : { fence: this.fence };
    const drained = { kind: 'counted', open: 0 } as const;
    return {
      routing: this.target === null ? { kind: 'unrouted' } : { kind: 'split', target: this.target },
      revision: JSON.stringify([this.target, stamp]),
      proof: 'proven',
      drain: { blue: drained, green: drained },
      ...stamp,
    };
  }

  #traffic(resource: string): TrafficAdapter {
    return {
      contractVersion: 1,
      name: 'memory',
      resource: `router:${resource}`,
      capabilities: trafficCapabilities({
        weightStepPercent: 0.1,
        splitUnit: 'request',
        fencing: 'enforced',
        remembers: ['candidate', 'fallback'],
        lateWriteMs: 100,
        audiences: ['header'],
        cohorts: ['sticky'],
        preview: true,
      }),
      observe: async () => {
        await this.#note('observe');
        return this.#observation();
      },
      route: async (target, _expected, { fence }) => {
        await this.#note(`route ${target.weights.blue}/${target.weights.green}`);
        this.target = target;
        this.fence = fence;
      },
    };
  }

  #environment(resource: string): EnvironmentAdapter {
    return {
      contractVersion: 1,
      name: 'memory',
      resource: `cluster:${resource}`,
      capabilities: environmentCapabilities({ fencing: 'enforced', lateWriteMs: 0 }),
      observe: async (slot) => {
        await this.#note(`look ${slot}`);
        return this.running[slot];
      },
      converge: async ({ slot, release }, { confirm }) => {
        await confirm();
        if (release === 'unchanged') return;
        await this.#note(release === null ? `retire ${slot}` : `deploy ${release.version} to ${slot}`);
        this.running[slot] =
          release === null
            ? { version: null, desired: 0, ready: 0 }
            : { version: release.version, releaseId: release.id, desired: 1, ready: 1 };
      },
    };
  }
}

/** The code with which something was refused; what is not refused fails the test. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isBluegreenError(error)) return error.code;
    throw error;
  }
  throw new Error('it was not refused');
}
