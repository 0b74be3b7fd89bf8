// Kills a real orchestrator process at every boundary of a release, under load, and lets another one go on. The release
// copies requests to the candidate before it sends users there.
// Arguments: --json, --points N (at most N boundaries per scenario, evenly spread; default all), --random N (default 100), --seed N.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { otherSlot, soleSlot } from '@bluegreen/contract';
import type { Policy } from '@bluegreen/core';
import type { NginxTask } from './orchestrator.js';
import { crashAt, namePoints, spread } from './stage/crashes.js';
import { leftAlone, type OrchestratorEnd, startOrchestrator, wrongReport } from './stage/orchestrators.js';
import { seededRandom } from './stage/seeded-random.js';
import { type Stage, startStage } from './stage/stage.js';

interface Scenario {
  readonly name: 'cutover' | 'rollback';
  readonly end: 'promoted' | 'rolled-back';
  readonly version: (count: number) => string;
}

interface Figures {
  points: number;
  converged: number;
  randomKills: number;
  randomConverged: number;
  recoveryMaxMs: number;
}

const policy: Policy<'answers'> = {
  shift: [{ mirror: 50, hold: '50ms' }, { to: 10 }, { to: 50, gates: [{ check: 'answers' }] }, { to: 100 }],
  retire: { after: 'immediately', candidate: 'retire' },
  limits: { poll: '20ms', call: '5s' },
};

// The version of the rollback serves users well and fails its check, so that a failed request can only come from the
// release itself.
const scenarios: readonly Scenario[] = [
  { name: 'cutover', end: 'promoted', version: (count) => `v${count}` },
  { name: 'rollback', end: 'rolled-back', version: (count) => `unloved-${count}` },
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      points: { type: 'string', default: '0' },
      random: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
    },
  });
  console.error(`seed ${values.seed}`);
  const stage = await startStage('crash safety of a release through nginx', { mirror: true });
  const figures: Figures = { points: 0, converged: 0, randomKills: 0, randomConverged: 0, recoveryMaxMs: 0 };
  const crashes = new Crashes(stage, figures);
  const problems: string[] = [];
  try {
    for (const scenario of scenarios)
      problems.push(...(await crashes.atEveryBoundary(scenario, Number(values.points))));
    problems.push(...(await crashes.atRandom(Number(values.random), Number(values.seed))));
    problems.push(...(await detachOnSigterm(crashes)));
  } finally {
    await stage.close();
  }
  const { requests, failed: failedRequests, wrong } = await stage.users.stop();
  for (const problem of [...problems, ...wrong.map((record) => JSON.stringify(record))]) console.error(problem);
  const { copies } = stage.backends;
  const result = {
    ...figures,
    copies: copies.blue + copies.green,
    recoveryMaxMs: Math.round(figures.recoveryMaxMs),
    requests,
    failedRequests,
    problems: problems.length,
  };
  console.log(values.json ? JSON.stringify(result) : result);
  const isGood = problems.length === 0 && failedRequests === 0 && figures.points === figures.converged;
  return isGood && result.copies > 0 ? 0 : 1;
}

/** An embedding process that is asked to end leaves the release as it is; the next one takes it to its end. */
async function detachOnSigterm(crashes: Crashes): Promise<readonly string[]> {
  return crashes.afterSignal(scenarios[0]!, 'SIGTERM', 60);
}

class Crashes {
  readonly #stage: Stage;
  readonly #figures: Figures;
  #count = 0;

  constructor(stage: Stage, figures: Figures) {
    this.#stage = stage;
    this.#figures = figures;
  }

  async atEveryBoundary(scenario: Scenario, most: number): Promise<readonly string[]> {
    const problems: string[] = [];
    const log = join(this.#stage.logs, `${scenario.name}.log`);
    const { points, end } = await namePoints(script, this.#task(scenario), log);
    const clean = wrongReport(end, scenario.end);
    if (clean !== null) problems.push(`${scenario.name} without a crash: ${clean}`);
    for (const { at, name } of spread(points, most)) {
      this.#figures.points++;
      const task = this.#task(scenario);
      const crash = await crashAt(script, task, at);
      const wrong = await this.#wrongAfter(scenario, task, crash.end);
      if (wrong === null) this.#figures.converged++;
      else problems.push(`${scenario.name} killed at ${name}: ${wrong}`);
    }
    return problems;
  }

  async atRandom(kills: number, seed: number): Promise<readonly string[]> {
    const problems: string[] = [];
    const random = seededRandom(seed);
    for (let index = 0; index < kills; index++) {
      this.#figures.randomKills++;
      const problem = (await this.afterSignal(scenarios[index % 2]!, 'SIGKILL', random() * 600))[0];
      if (problem === undefined) this.#figures.randomConverged++;
      else problems.push(problem);
    }
    return problems;
  }

  /** Sends the signal so long after the start of the process, wherever that hits. */
  async afterSignal(scenario: Scenario, signal: 'SIGKILL' | 'SIGTERM', afterMs: number): Promise<readonly string[]> {
    const task = this.#task(scenario);
    const first = startOrchestrator(script, task);
    await first.started;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    first.child.kill(signal);
    await first.ended;
    const wrong = await this.#wrongAfter(scenario, task, await startOrchestrator(script, task).ended);
    return wrong === null ? [] : [`${scenario.name} ${signal} after ${Math.round(afterMs)} ms: ${wrong}`];
  }

  async #wrongAfter(scenario: Scenario, task: NginxTask, end: OrchestratorEnd): Promise<string | null> {
    this.#figures.recoveryMaxMs = Math.max(this.#figures.recoveryMaxMs, end.report?.tookMs ?? 0);
    return wrongReport(end, scenario.end) ?? (await this.#wrongEnd(scenario, task));
  }

  /** The router and the slots are what the end says, whoever brought them there. */
  async #wrongEnd(scenario: Scenario, { versions: wanted }: NginxTask): Promise<string | null> {
    const { routing } = await this.#stage.traffic.observe({ signal: AbortSignal.timeout(5_000) });
    if (routing.kind !== 'split') return `routing is ${routing.kind}`;
    if (routing.target.mirror !== null) return `requests are still copied to ${routing.target.mirror.slot}`;
    const serving = soleSlot(routing.target);
    if (serving === null) return `routing is ${JSON.stringify(routing.target.weights)}`;
    const { versions } = this.#stage.control;
    const isNew = versions[serving] === wanted.web;
    if (isNew !== (scenario.end === 'promoted')) return `${serving} serves ${versions[serving]}`;
    const left = versions[otherSlot(serving)];
    return left === null ? null : `${otherSlot(serving)} still runs ${left}`;
  }

  #task(scenario: Scenario): NginxTask {
    this.#count++;
    const { options, journal, backends, control } = this.#stage;
    return {
      journal,
      nginx: options,
      urls: backends.urls,
      controlUrl: control.url,
      releaseId: `${scenario.name}-${this.#count}`,
      versions: { web: scenario.version(this.#count) },
      policy,
      leaseTtlMs: 2_000,
      ...leftAlone,
    };
  }
}

const script = 'orchestrator';

process.exitCode = await main();
