// Five services behind one real nginx, released together by a real process under load: something goes wrong with every
// service in every phase, and the process is killed at its boundaries. At the end of each all of them are on the new
// version, or all on the old one. The last line of --json is the result.
// Arguments: --json, --faults N and --points N (at most so many, evenly spread; default all), --stages N (fleets side by side,
// each with an nginx of its own; default 4).
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dependencies, type Fleet, startFleet } from './services/fleet.js';
import type { FleetTask } from './services-orchestrator.js';
import { crashAt, type NamedPoint, namePoints, spread } from './stage/crashes.js';
import { leftAlone, type OrchestratorEnd, startOrchestrator, wrongReport } from './stage/orchestrators.js';
import { shareOut } from './stage/share-out.js';

/** One way in which a release of the fleet goes wrong, or right. */
interface Scenario {
  readonly name: string;
  readonly end: 'promoted' | 'rolled-back';
  /** How the version of this service begins; the others are good. */
  readonly bad: { readonly service: string; readonly prefix: string } | null;
  readonly failingCheck: string;
  readonly refusedRoute: FleetTask['refusedRoute'];
  readonly readyWithin: FleetTask['readyWithin'];
}

const good: Scenario = {
  name: 'good',
  end: 'promoted',
  bad: null,
  failingCheck: '',
  refusedRoute: null,
  readyWithin: null,
};

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
    fault('never becomes ready', { bad: { service, prefix: 'dead' }, readyWithin: '1s' }),
    ...['verified', 'halfway', 'baked'].map(unloved),
    fault('fails the guardrail', { bad: { service, prefix: 'sick' } }),
    ...[10, 50, 100].map(refused),
  ];
});

interface Crashing {
  readonly scenario: Scenario;
  readonly point: NamedPoint;
}

const script = 'services-orchestrator';

/** What is played on any of the fleets, and counted together. */
class Releases {
  readonly figures = {
    runs: 0,
    faults: 0,
    boundaries: 0,
    points: 0,
    kills: 0,
    converged: 0,
    mixedAfterEnd: 0,
    recoveryMaxMs: 0,
  };
  readonly problems: string[] = [];
  #count = 0;

  async withFault(fleet: Fleet, scenario: Scenario): Promise<void> {
    this.figures.faults += 1;
    await this.#play(fleet, scenario, '', (task) => startOrchestrator(script, task).ended);
  }

  /** Where such a release can be killed, from a run that is left alone. */
  async crashings(fleet: Fleet, scenario: Scenario, most: number): Promise<readonly Crashing[]> {
    const crashings: Crashing[] = [];
    await this.#play(fleet, scenario, 'without a crash', async (task) => {
      const { boundaries, points, end } = await namePoints(script, task, join(fleet.logs, 'boundaries.log'));
      this.figures.boundaries += boundaries;
      crashings.push(...spread(points, most).map((point) => ({ scenario, point })));
      return end;
    });
    return crashings;
  }

  async killedAt(fleet: Fleet, { scenario, point }: Crashing): Promise<void> {
    this.figures.points += 1;
    await this.#play(fleet, scenario, `killed at ${point.name}`, async (task) => {
      const { wasKilled, recoveryMs, end } = await crashAt(script, task, point.at);
      if (wasKilled) this.figures.kills += 1;
      this.figures.recoveryMaxMs = Math.max(this.figures.recoveryMaxMs, recoveryMs);
      return end;
    });
  }

  async #play(
    fleet: Fleet,
    scenario: Scenario,
    how: string,
    run: (task: FleetTask) => Promise<OrchestratorEnd>,
  ): Promise<void> {
    this.figures.runs += 1;
    const before = await fleet.served();
    const task = this.#task(fleet, scenario);
    const end = await run(task);
    const wrong = wrongReport(end, scenario.end) ?? (await this.#wrongEnd(fleet, scenario, task, before));
    if (wrong === null) this.figures.converged += 1;
    else this.problems.push(`${task.releaseId} ${scenario.name} ${how}: ${wrong}`);
  }

  /** Users get, and slots run, what the end says. */
  async #wrongEnd(
    fleet: Fleet,
    { end }: Scenario,
    { versions }: FleetTask,
    before: Readonly<Record<string, string>>,
  ): Promise<string | null> {
    const served = await fleet.served();
    const names = Object.keys(versions);
    const onNew = names.filter((name) => served[name] === versions[name]);
    const onOld = names.filter((name) => served[name] === before[name]);
    if (onNew.length > 0 && onOld.length > 0) this.figures.mixedAfterEnd += 1;
    const right = end === 'promoted' ? onNew : onOld;
    if (right.length < names.length) return `users get ${JSON.stringify(served)}`;
    for (const name of names) {
      const running = await fleet.running(name);
      if (running.length !== 1) return `${name} runs ${running.join(' and ')}`;
    }
    return null;
  }

  #task(fleet: Fleet, { bad, failingCheck, refusedRoute, readyWithin }: Scenario): FleetTask {
    const count = ++this.#count;
    const version = (name: string) => `${bad?.service === name ? bad.prefix : 'good'}-${name}-${count}`;
    return {
      journal: fleet.journal,
      services: fleet.services,
      releaseId: `fleet-${count}`,
      versions: Object.fromEntries(Object.keys(dependencies).map((name) => [name, version(name)])),
      leaseTtlMs: 2_000,
      failingCheck,
      refusedRoute,
      readyWithin,
      ...leftAlone,
    };
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      faults: { type: 'string', default: '0' },
      points: { type: 'string', default: '0' },
      stages: { type: 'string', default: '4' },
    },
  });
  const fleets: Fleet[] = [];
  const releases = new Releases();
  try {
    while (fleets.length < Number(values.stages)) fleets.push(await startFleet());
    await playAll(fleets, releases, { faults: Number(values.faults), points: Number(values.points) });
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.close()));
  }
  const users = fleets.flatMap((fleet) => Object.values(fleet.users));
  const loads = await Promise.all(users.map((load) => load.stop()));
  const sum = (of: (load: (typeof loads)[number]) => number) => loads.reduce((total, load) => total + of(load), 0);
  const { figures, problems } = releases;
  const result = {
    ...figures,
    services: Object.keys(dependencies).length,
    stages: fleets.length,
    requests: sum(({ requests }) => requests),
    failedRequests: sum(({ failed }) => failed),
  };
  const wrong = loads.flatMap((load) => load.wrong.map((record) => JSON.stringify(record)));
  for (const line of [...problems, ...wrong]) console.error(line);
  console.log(values.json ? JSON.stringify(result) : result);
  const isGood = result.converged === result.runs && result.kills > 0;
  return isGood && result.failedRequests === 0 && result.mixedAfterEnd === 0 ? 0 : 1;
}

async function playAll(
  fleets: readonly Fleet[],
  releases: Releases,
  most: { readonly faults: number; readonly points: number },
): Promise<void> {
  await shareOut(fleets, spread(faults, most.faults), (fleet, scenario) => releases.withFault(fleet, scenario));
  const crashings: Crashing[] = [];
  const killed = [good, faults.find(({ name }) => name === 'api fails the check baked')!];
  await shareOut(fleets, killed, async (fleet, scenario) => {
    crashings.push(...(await releases.crashings(fleet, scenario, most.points)));
  });
  await shareOut(fleets, crashings, (fleet, crashing) => releases.killedAt(fleet, crashing));
}

process.exitCode = await main();
