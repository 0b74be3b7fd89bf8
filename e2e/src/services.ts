// Five services behind one real nginx, released together by a real process under load: something goes wrong with every
// service in every phase, and the process is killed at its boundaries. At the end of each all of them are on the new
// version, or all on the old one. The last line of --json is the result.
// Arguments: --json, --faults N and --points N (at most so many, evenly spread; default all).
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dependencies, type Fleet, startFleet } from './services/fleet.js';
import type { FleetTask } from './services-orchestrator.js';
import { startOrchestrator } from './stage/orchestrators.js';

/** One way in which a release of the fleet goes wrong, or right. */
interface Scenario {
  readonly name: string;
  readonly end: 'promoted' | 'rolled-back';
  /** How the version of this service begins; the others are good. */
  readonly bad: { readonly service: string; readonly prefix: string } | null;
  readonly failingCheck: string;
  readonly refusedRoute: FleetTask['refusedRoute'];
}

const good: Scenario = { name: 'good', end: 'promoted', bad: null, failingCheck: '', refusedRoute: null };

/** Every service in every phase. */
const faults: readonly Scenario[] = Object.keys(dependencies).flatMap((service) => {
  const fault = (name: string, more: Partial<Scenario>): Scenario => ({
    ...good,
    name: `${service} ${name}`,
    end: 'rolled-back',
    ...more,
  });
  const unloved = (failingCheck: string) =>
    fault(`fails the check ${failingCheck}`, { bad: { service, prefix: 'unloved' }, failingCheck });
  const refused = (percent: number) => fault(`is refused ${percent} %`, { refusedRoute: { service, percent } });
  return [
    fault('never becomes ready', { bad: { service, prefix: 'dead' } }),
    ...['verified', 'halfway', 'baked'].map(unloved),
    fault('fails the guardrail', { bad: { service, prefix: 'sick' } }),
    ...[10, 50, 100].map(refused),
  ];
});

class Releases {
  readonly figures = { runs: 0, faults: 0, boundaries: 0, kills: 0, converged: 0, mixedAfterEnd: 0, recoveryMaxMs: 0 };
  readonly problems: string[] = [];
  readonly #fleet: Fleet;
  #serving: Readonly<Record<string, string>> = {};
  #count = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  async withFault(scenario: Scenario): Promise<void> {
    this.figures.faults += scenario === good ? 0 : 1;
    await this.#play(scenario, 0);
  }

  /** The names of all boundaries, from a run that is left alone. */
  async boundaries(scenario: Scenario): Promise<readonly string[]> {
    const log = join(this.#fleet.logs, 'boundaries.log');
    await this.#play(scenario, 0, log);
    const names = readFileSync(log, 'utf8').trim().split('\n');
    rmSync(log);
    this.figures.boundaries += names.length;
    return names;
  }

  async killedAt(scenario: Scenario, killAt: number): Promise<void> {
    this.figures.kills += 1;
    await this.#play(scenario, killAt);
  }

  async #play(scenario: Scenario, killAt: number, boundaryLog = ''): Promise<void> {
    this.figures.runs += 1;
    this.#serving = await this.#fleet.served();
    const task = this.#task(scenario, killAt, boundaryLog);
    const place = `${task.releaseId} ${scenario.name}${killAt === 0 ? '' : ` killed at ${killAt}`}`;
    if (killAt > 0) await startOrchestrator(task, 'services-orchestrator').ended;
    const startedAt = performance.now();
    const { report, problem } = await startOrchestrator({ ...task, killAt: 0 }, 'services-orchestrator').ended;
    if (killAt > 0) this.figures.recoveryMaxMs = Math.max(this.figures.recoveryMaxMs, performance.now() - startedAt);
    const wrong = await this.#wrongEnd(scenario, task);
    if (report?.end !== scenario.end) {
      this.problems.push(
        `${place}: ${report === null ? (problem ?? 'no report') : `${report.end}: ${report.sentence}`}`,
      );
    } else if (wrong !== null) this.problems.push(`${place}: ${wrong}`);
    else this.figures.converged += 1;
  }

  /** Users get, and slots run, what the end says. */
  async #wrongEnd({ end }: Scenario, { versions }: FleetTask): Promise<string | null> {
    const served = await this.#fleet.served();
    const names = Object.keys(versions);
    const onNew = names.filter((name) => served[name] === versions[name]);
    const onOld = names.filter((name) => served[name] === this.#serving[name]);
    if (onNew.length > 0 && onOld.length > 0) this.figures.mixedAfterEnd += 1;
    const right = end === 'promoted' ? onNew : onOld;
    if (right.length < names.length) return `users get ${JSON.stringify(served)}`;
    for (const name of names) {
      const running = await this.#fleet.running(name);
      if (running.length !== 1) return `${name} runs ${running.join(' and ')}`;
    }
    return null;
  }

  #task({ bad, failingCheck, refusedRoute }: Scenario, killAt: number, boundaryLog: string): FleetTask {
    this.#count += 1;
    const names = Object.keys(dependencies);
    const version = (name: string) => `${bad?.service === name ? bad.prefix : 'good'}-${name}-${this.#count}`;
    return {
      journal: this.#fleet.journal,
      services: this.#fleet.services,
      releaseId: `fleet-${this.#count}`,
      versions: Object.fromEntries(names.map((name) => [name, version(name)])),
      failingCheck,
      refusedRoute,
      killAt,
      boundaryLog,
    };
  }
}

/** At most `most` of them, evenly spread; all without a limit. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (most <= 0 || most >= all.length) return all;
  return Array.from({ length: most }, (_, at) => all[Math.floor((at * all.length) / most)]!);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      faults: { type: 'string', default: '0' },
      points: { type: 'string', default: '0' },
    },
  });
  const fleet = await startFleet();
  const releases = new Releases(fleet);
  try {
    for (const scenario of spread(faults, Number(values.faults))) await releases.withFault(scenario);
    for (const scenario of [good, faults.find(({ name }) => name === 'api fails the check baked')!]) {
      const names = await releases.boundaries(scenario);
      const points = spread(
        names.map((_, index) => index + 1),
        Number(values.points),
      );
      for (const point of points) await releases.killedAt(scenario, point);
    }
  } finally {
    await fleet.close();
  }
  const loads = await Promise.all(Object.values(fleet.users).map((load) => load.stop()));
  const sum = (of: (load: (typeof loads)[number]) => number) => loads.reduce((total, load) => total + of(load), 0);
  const { figures, problems } = releases;
  const result = {
    ...figures,
    recoveryMaxMs: Math.round(figures.recoveryMaxMs),
    services: Object.keys(dependencies).length,
    requests: sum(({ requests }) => requests),
    failedRequests: sum(({ failed }) => failed),
  };
  const wrong = loads.flatMap((load) => load.wrong.map((record) => JSON.stringify(record)));
  for (const line of [...problems, ...wrong]) console.error(line);
  console.log(values.json ? JSON.stringify(result) : result);
  return result.converged === result.runs && result.failedRequests === 0 && result.mixedAfterEnd === 0 ? 0 : 1;
}

process.exitCode = await main();
