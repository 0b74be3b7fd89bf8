import { availableParallelism } from 'node:os';
import { type AnyPolicy, compilePolicy } from '@bluegreen/machine';
import { immediatePump } from '../clock/pump.js';
import { fail } from '../failure.js';
import { scenarioNamed } from '../scenarios/catalogue.js';
import type { Weighed } from '../scenarios/prior.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { ComparedScenario, Comparison } from './comparison.js';
import { Decider, type Requirement } from './requirement.js';
import type { RunRow } from './run-row.js';
import { rowsIn, runStretch, type ScenarioPlace } from './stretch.js';
import { PolicyCounter } from './tally.js';
import { hasWorkers, type Runner, WorkerRunner } from './workers.js';

export interface CompareOptions {
  /** By name. The first one is what the others are held against. */
  readonly policies: Readonly<Record<string, AnyPolicy>>;
  /** Alone, or with how often a release is like that, as `prior()` answers. */
  readonly scenarios: readonly (Scenario | Weighed)[];
  /** Of each policy in each scenario: 1,000. */
  readonly runs?: number;
  readonly seed?: number;
  /** Only this part of the runs; `mergeComparisons` puts the parts together. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** Threads: as many as there are cores. Results are the same for any number. */
  readonly workers?: number;
  /**
   * A module that exports `scenarios`. Scenarios of this package and of that module run on all cores; any others are
   * known to this thread alone and run on it.
   */
  readonly module?: URL;
  readonly requirement?: Requirement;
  readonly onProgress?: (progress: Progress) => void;
  /** Ends it early, with what has been counted. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  /** Runs that were made, and those that will be at the most. */
  readonly done: number;
  readonly most: number;
  readonly scenario: string;
}

/** Of the world models. A change that makes other runs of the same seeds raises it. */
export const modelVersion = 1;
const stretchRuns = 32;

/**
 * Every policy in every scenario, with the same seeds for all policies, on all cores. The same options give the same
 * answer, whatever the number of workers; parts made elsewhere merge into it exactly.
 *
 * @throws `policy/…`, `simulator/world-invalid`
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const work = new Work(options);
  const runners = runnersFor(work, options);
  try {
    await Promise.all(runners.map((runner) => work.serve(runner)));
  } finally {
    await Promise.all(runners.map((runner) => runner.close()));
  }
  return work.comparison();
}

function runnersFor(work: Work, { workers = availableParallelism() }: CompareOptions): Runner[] {
  const isShared = hasWorkers() && work.isShared && workers > 1;
  if (!isShared) return [inThisThread(work)];
  return Array.from({ length: Math.min(workers, work.stretchCount) }, () => new WorkerRunner());
}

/** Lets other work of this thread through between two stretches. */
function inThisThread(work: Work): Runner {
  return {
    run: async ({ scenario: { name }, ...stretch }) => {
      await new Promise<void>((resolve) => immediatePump(resolve));
      return runStretch(work.scenarioOf(name), stretch);
    },
    close: async () => {},
  };
}

/** One scenario while it is being run. */
interface Lane {
  readonly scenario: Scenario;
  readonly weight: number | null;
  readonly place: ScenarioPlace;
  readonly counters: readonly PolicyCounter[];
  readonly deciders: readonly (Decider | null)[];
  readonly ready: Map<number, Float64Array>;
  /** The next run to be given away, and the next one to be counted: runs are counted in their order. */
  next: number;
  counted: number;
  isDecided: boolean;
}

class Work {
  readonly #options: CompareOptions;
  readonly #lanes: readonly Lane[];
  readonly #names: readonly string[];
  readonly #policies: readonly AnyPolicy[];
  readonly #from: number;
  readonly #to: number;
  readonly #runs: number;
  #turn = 0;
  #isCancelled = false;

  constructor(options: CompareOptions) {
    const { policies, scenarios, runs = 1_000, shard = { index: 1, of: 1 } } = options;
    this.#options = options;
    this.#names = Object.keys(policies);
    this.#policies = Object.values(policies);
    for (const policy of this.#policies) compilePolicy(policy);
    refuseImpossible(options, runs, shard);
    this.#runs = runs;
    this.#from = Math.floor((runs * (shard.index - 1)) / shard.of);
    this.#to = Math.floor((runs * shard.index) / shard.of);
    this.#lanes = scenarios.map((given) => this.#laneOf(given));
  }

  get isShared(): boolean {
    const { module } = this.#options;
    return this.#lanes.every(({ scenario }) => module !== undefined || scenarioNamed(scenario.name) === scenario);
  }

  get stretchCount(): number {
    return this.#lanes.length * Math.ceil((this.#to - this.#from) / stretchRuns);
  }

  scenarioOf(name: string): Scenario {
    return this.#lanes.find(({ scenario }) => scenario.name === name)!.scenario;
  }

  /** Gives this runner one stretch after the other, until nothing is left. */
  async serve(runner: Runner): Promise<void> {
    for (;;) {
      this.#isCancelled ||= this.#options.signal?.aborted === true;
      const lane = this.#isCancelled ? undefined : this.#nextLane();
      if (lane === undefined) return;
      const from = lane.next;
      const to = Math.min(this.#to, from + stretchRuns);
      lane.next = to;
      const { seed = 1 } = this.#options;
      const rows = await runner.run({ scenario: lane.place, policies: this.#policies, seed, from, to });
      lane.ready.set(from, rows);
      this.#count(lane);
    }
  }

  comparison(): Comparison {
    const { seed = 1, shard = { index: 1, of: 1 } } = this.#options;
    return {
      seed,
      runs: this.#runs,
      shard,
      policies: this.#names,
      modelVersion,
      ended: this.#isCancelled ? 'cancelled' : 'complete',
      scenarios: this.#lanes.map(({ scenario, weight, counters, deciders }): ComparedScenario => {
        const { name, happens, wants, version } = scenario;
        const tallies = counters.map(({ tally }) => tally);
        return { name, happens, wants, version, weight, tallies, decisions: deciders.map(decisionOf) };
      }),
    };
  }

  /** The scenarios take turns, so that all of them can be looked at early. */
  #nextLane(): Lane | undefined {
    for (let tried = 0; tried < this.#lanes.length; tried++) {
      const lane = this.#lanes[this.#turn++ % this.#lanes.length]!;
      if (!lane.isDecided && lane.next < this.#to) return lane;
    }
    return undefined;
  }

  #count(lane: Lane): void {
    for (let rows = lane.ready.get(lane.counted); rows !== undefined; rows = lane.ready.get(lane.counted)) {
      lane.ready.delete(lane.counted);
      if (lane.isDecided) return;
      const made = this.#countRows(lane, rows);
      lane.counted += made;
      lane.isDecided = lane.deciders.every((decider) => decider !== null && decider.decision !== 'open');
    }
    const done = this.#lanes.reduce((sum, { counted }) => sum + counted - this.#from, 0);
    const most = this.#lanes.reduce(
      (sum, { counted, isDecided }) => sum + (isDecided ? counted : this.#to) - this.#from,
      0,
    );
    const each = this.#policies.length;
    this.#options.onProgress?.({ done: done * each, most: most * each, scenario: lane.scenario.name });
  }

  #countRows({ counters, deciders, scenario }: Lane, rows: Float64Array): number {
    const first = [...rowsIn(rows, 0, counters.length)];
    counters.forEach((counter, policy) => {
      const own: RunRow[] = [...rowsIn(rows, policy, counters.length)];
      own.forEach((row, run) => {
        counter.add(row, first[run]!);
      });
      const wrong = own.filter(({ outcome }) => (scenario.version === 'bad' ? outcome === 0 : outcome !== 0)).length;
      deciders[policy]?.add(own.length, wrong);
    });
    return first.length;
  }

  #laneOf(given: Scenario | Weighed): Lane {
    const [scenario, weight] = 'scenario' in given ? [given.scenario, given.weight] : [given, null];
    const { requirement = {}, module } = this.#options;
    const limit =
      scenario.version === 'bad'
        ? requirement.shipsBadAtMost
        : scenario.version === 'good'
          ? requirement.rollsBackGoodAtMost
          : undefined;
    const isOurs = scenarioNamed(scenario.name) === scenario;
    return {
      scenario,
      weight,
      place: { name: scenario.name, module: isOurs ? null : (module?.href ?? null) },
      counters: this.#policies.map(() => new PolicyCounter()),
      deciders: this.#policies.map(() => (limit === undefined ? null : new Decider(limit))),
      ready: new Map(),
      next: this.#from,
      counted: this.#from,
      isDecided: false,
    };
  }
}

function decisionOf(decider: Decider | null): ComparedScenario['decisions'][number] {
  return decider?.decision ?? 'open';
}

function refuseImpossible(
  { policies, scenarios }: CompareOptions,
  runs: number,
  { index, of }: { readonly index: number; readonly of: number },
): void {
  const invalid = (path: string, detail: string) => fail('simulator/world-invalid', { path, detail });
  if (Object.keys(policies).length === 0) throw invalid('policies', 'there is none');
  const names = scenarios.map((given) => ('scenario' in given ? given.scenario.name : given.name));
  if (names.length === 0) throw invalid('scenarios', 'there is none');
  if (new Set(names).size < names.length) throw invalid('scenarios', 'two have the same name');
  if (!(Number.isSafeInteger(runs) && runs >= 1 && runs <= 1_000_000)) {
    throw invalid('runs', `${runs} is no number from 1 to 1,000,000`);
  }
  if (!(Number.isInteger(index) && Number.isInteger(of) && index >= 1 && index <= of)) {
    throw invalid('shard', `${index} of ${of}; the first one is 1`);
  }
}
