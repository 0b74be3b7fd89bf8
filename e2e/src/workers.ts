// Two consumers of a real queue, one per slot, through releases, rollbacks and killed orchestrators: each message is
// handled by one slot, once. A control with overlapping workers shows that the count can tell.
// Arguments: --json, --points N (at most N boundaries per scenario, evenly spread; default all), --stages N (queues side by
// side; default 3).
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crashAt, type NamedPoint, namePoints, spread } from './stage/crashes.js';
import { startOrchestrator, wrongReport } from './stage/orchestrators.js';
import { shareOut } from './stage/share-out.js';
import { QueueStage, type Scenario } from './workers/queue-stage.js';

const promoted: Scenario = { isUnloved: false, onRollback: 'gap' };
const rolledBack: Scenario = { isUnloved: true, onRollback: 'gap' };
const overlapping: Scenario = { isUnloved: true, onRollback: 'overlap' };

const script = 'workers-orchestrator';
const endOf = ({ isUnloved }: Scenario): string => (isUnloved ? 'rolled-back' : 'promoted');

interface Crashing {
  readonly scenario: Scenario;
  readonly point: NamedPoint;
}

class Bench {
  readonly figures = { releases: 0, boundaries: 0, points: 0, kills: 0, converged: 0, recoveryMaxMs: 0 };
  readonly problems: string[] = [];

  /** Where a release of this kind can be killed. */
  async crashings(stage: QueueStage, scenario: Scenario, most: number): Promise<readonly Crashing[]> {
    const { boundaries, points, end } = await namePoints(
      script,
      stage.task(scenario),
      join(stage.directory, 'boundaries'),
    );
    const wrong = wrongReport(end, endOf(scenario));
    if (wrong !== null) this.problems.push(`${endOf(scenario)} without a crash: ${wrong}`);
    this.figures.releases++;
    this.figures.boundaries += boundaries;
    return spread(points, most).map((point) => ({ scenario, point }));
  }

  /** Kills the orchestrator at one boundary, then lets another one go on. */
  async crash(stage: QueueStage, { scenario, point }: Crashing): Promise<void> {
    const { figures } = this;
    const { wasKilled, end, recoveryMs } = await crashAt(script, stage.task(scenario), point.at);
    figures.releases++;
    figures.points++;
    if (wasKilled) figures.kills++;
    figures.recoveryMaxMs = Math.max(figures.recoveryMaxMs, recoveryMs);
    const wrong = wrongReport(end, endOf(scenario));
    if (wrong === null) figures.converged++;
    else this.problems.push(`${endOf(scenario)}, killed at ${point.name}: ${wrong}`);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      points: { type: 'string', default: '0' },
      stages: { type: 'string', default: '3' },
    },
  });
  const stages: QueueStage[] = [];
  while (stages.length < Number(values.stages)) stages.push(await QueueStage.start());
  const bench = new Bench();
  const result = { messages: 0, lost: 0, twice: 0, control: { twice: 0 } };
  try {
    const crashes = async () => {
      const crashings: Crashing[] = [];
      await shareOut(stages, [promoted, rolledBack], async (stage, scenario) => {
        crashings.push(...(await bench.crashings(stage, scenario, Number(values.points))));
      });
      await shareOut(stages, crashings, (stage, crashing) => bench.crash(stage, crashing));
    };
    const handled = await duringAll(stages, crashes);
    for (const { messages, lost, twice } of handled) {
      result.messages += messages;
      result.lost += lost;
      result.twice += twice;
    }
    const control = await stages[0]!.during(async () => {
      for (let round = 0; round < 3; round++) {
        await startOrchestrator(script, stages[0]!.task(overlapping)).ended;
      }
    });
    result.control.twice = control.twice;
  } finally {
    await Promise.all(stages.map((stage) => stage.close()));
  }
  const { figures, problems } = bench;
  for (const problem of problems) console.error(problem);
  const all = { ...figures, stages: stages.length, ...result, problems: problems.length };
  console.log(values.json ? JSON.stringify(all) : all);
  const isHandled = result.lost === 0 && result.twice === 0 && result.messages > 0;
  const isGood = figures.converged === figures.points && figures.kills > 0 && problems.length === 0;
  return isGood && isHandled && result.control.twice > 0 ? 0 : 1;
}

/** Counts on every stage what becomes of the messages while something happens on all of them. */
async function duringAll(stages: readonly QueueStage[], play: () => Promise<void>) {
  const played = play();
  return Promise.all(stages.map((stage) => stage.during(() => played)));
}

process.exitCode = await main();
