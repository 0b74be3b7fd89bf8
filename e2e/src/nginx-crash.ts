// Kills a real orchestrator process at every boundary of a release, under load, and lets another one go on.
// Arguments: --json, --points N (at most N boundaries per scenario, evenly spread; default all), --random N (default 100), --seed N.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Policy } from '@bluegreen/core';
import type { OrchestratorTask } from './orchestrator.js';
import { startOrchestrator } from './stage/orchestrators.js';
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
  shift: [{ to: 10 }, { to: 50, gates: [{ check: 'answers' }] }, { to: 100 }],
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
  const stage = await startStage('crash safety of a release through nginx');
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
  const result = {
    ...figures,
    recoveryMaxMs: Math.round(figures.recoveryMaxMs),
    requests,
    failedRequests,
    problems: problems.length,
  };
  console.log(values.json ? JSON.stringify(result) : result);
  return problems.length === 0 && failedRequests === 0 && figures.points === figures.converged ? 0 : 1;
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
    const names = await this.#boundaries(scenario, problems);
    const step = most > 0 ? Math.max(1, names.length / most) : 1;
    for (let at = 1; at <= names.length; at = Math.max(at + 1, Math.round(at + step))) {
      this.#figures.points++;
      const problem = await this.#kill(scenario, at, `${scenario.name} ${at}/${names.length} ${names[at - 1]}`);
      if (problem === null) this.#figures.converged++;
      else problems.push(problem);
    }
    return problems;
  }

  async atRandom(kills: number, seed: number): Promise<readonly string[]> {
    const problems: string[] = [];
    let state = seed >>> 0;
    for (let index = 0; index < kills; index++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      this.#figures.randomKills++;
      const problem = (await this.afterSignal(scenarios[index % 2]!, 'SIGKILL', (state / 2 ** 32) * 600))[0];
      if (problem === undefined) this.#figures.randomConverged++;
      else problems.push(problem);
    }
    return problems;
  }

  /** Sends the signal so long after the start of the process, wherever that hits. */
  async afterSignal(scenario: Scenario, signal: 'SIGKILL' | 'SIGTERM', afterMs: number): Promise<readonly string[]> {
    const task = this.#task(scenario, 0);
    const first = startOrchestrator(task);
    await first.started;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    first.child.kill(signal);
    await first.ended;
    const problem = await this.#recover(scenario, task, `${scenario.name} ${signal} after ${Math.round(afterMs)} ms`);
    return problem === null ? [] : [problem];
  }

  /** The names of all boundaries, from a run that is left alone. */
  async #boundaries(scenario: Scenario, problems: string[]): Promise<readonly string[]> {
    const log = join(this.#stage.logs, `${scenario.name}.log`);
    const { report, problem } = await startOrchestrator({ ...this.#task(scenario, 0), boundaryLog: log }).ended;
    if (report?.end !== scenario.end) problems.push(`${scenario.name} without a crash: ${problem ?? report?.sentence}`);
    const names = readFileSync(log, 'utf8').trim().split('\n');
    rmSync(log);
    return names.map((line) => line.slice(line.indexOf(' ') + 1));
  }

  async #kill(scenario: Scenario, killAt: number, place: string): Promise<string | null> {
    const task = this.#task(scenario, killAt);
    const killed = await startOrchestrator(task).ended;
    if (killed.problem !== null) return `${place}: ${killed.problem}`;
    return this.#recover(scenario, task, place);
  }

  async #recover(scenario: Scenario, task: OrchestratorTask, place: string): Promise<string | null> {
    const { report, problem } = await startOrchestrator({ ...task, killAt: 0, boundaryLog: '' }).ended;
    if (report === null) return `${place}: not recovered: ${problem ?? 'no report'}`;
    this.#figures.recoveryMaxMs = Math.max(this.#figures.recoveryMaxMs, report.tookMs);
    if (report.end !== scenario.end) return `${place}: ended ${report.end}: ${report.sentence}`;
    return this.#wrongEnd(scenario, task, place);
  }

  /** The router and the slots are what the end says, whoever brought them there. */
  async #wrongEnd(scenario: Scenario, { version }: OrchestratorTask, place: string): Promise<string | null> {
    const { routing } = await this.#stage.traffic.observe({ signal: AbortSignal.timeout(5_000) });
    if (routing.kind !== 'split') return `${place}: routing is ${routing.kind}`;
    const { weights } = routing.target;
    const serving = weights.blue === 100 ? 'blue' : weights.green === 100 ? 'green' : null;
    if (serving === null) return `${place}: routing is ${weights.blue}/${weights.green}`;
    const { versions } = this.#stage.control;
    const other = serving === 'blue' ? 'green' : 'blue';
    const isNew = versions[serving] === version;
    if (isNew !== (scenario.end === 'promoted')) return `${place}: ${serving} serves ${versions[serving]}`;
    return versions[other] === null ? null : `${place}: ${other} still runs ${versions[other]}`;
  }

  #task(scenario: Scenario, killAt: number): OrchestratorTask {
    this.#count++;
    const { options, journal, backends, control } = this.#stage;
    return {
      journal,
      nginx: options,
      urls: backends.urls,
      controlUrl: control.url,
      releaseId: `${scenario.name}-${this.#count}`,
      version: scenario.version(this.#count),
      policy,
      leaseTtlMs: 2_000,
      killAt,
      boundaryLog: '',
      follow: false,
    };
  }
}

process.exitCode = await main();
