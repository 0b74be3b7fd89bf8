import { AnalysisMemory, ReleaseProcess, SyncDriver } from '@bluegreen/core/driving';
import type { SimulatedRun } from '../result/simulated-run.js';
import { answers, plannedCommands } from './people.js';
import { QuietStretch } from './quiet-stretch.js';
import { carriedOut, finishedRun, type Setting, type SimulateOptions, settingOf, untilEnd } from './setting.js';
import { epochsOf, resumedFact } from './simulated-release.js';
import { worldPerformer } from './world-performer.js';

/**
 * Runs one release of a policy in virtual time: the machine, the gates and the runner are those of production; only the
 * clock, the adapters and the metrics are simulated. Synchronous; a bad version costs nobody anything.
 *
 * @throws `policy/…`, `simulator/…`
 */
export function simulate(options: SimulateOptions): SimulatedRun {
  const setting = settingOf(options);
  const { clock, plan, id, journal, world, horizon } = setting;
  const process = new ReleaseProcess(setting.initial);
  const memory = new AnalysisMemory(journal.records);
  let isOver = false;
  const stretch = new QuietStretch({
    clock,
    process,
    memory,
    calls: world.repeatedCalls,
    owner: 'owner-1',
    horizon,
    wakeCount: () => driver.wakeCount,
  });
  const driver: SyncDriver = new SyncDriver({
    process,
    clock,
    performer: stretch.watch(performerFor(setting, 1, memory)),
    onRest: (rest) => stretch.skip(rest),
    append(events) {
      journal.append(events, 1);
      for (const command of answers(events, options)) {
        clock.setTimeout(() => driver.give([carriedOut(command, setting)]), command.afterMs);
      }
    },
    onEnd: () => {
      isOver = true;
    },
  });
  for (const command of plannedCommands(options)) {
    clock.setTimeout(() => driver.give([carriedOut(command, setting)]), command.afterMs);
  }
  driver.give([resumedFact(plan, id, 'owner-1', 1, 0, clock.now())]);
  clock.runUntil(untilEnd(setting, () => isOver));
  return finishedRun(setting, options, process.state);
}

/** Carries effects out in this world, with callbacks, for the owner with this epoch. */
export function performerFor(
  { world, clock, plan, id, journal }: Setting,
  epoch: number,
  memory = new AnalysisMemory(journal.records),
) {
  const services = Object.entries(plan.services);
  return worldPerformer({
    operations: world.operations,
    clock,
    owner: `owner-${epoch}`,
    memory,
    epochs: epochsOf(plan, id, epoch),
    routers: Object.fromEntries(services.map(([name, { traffic }]) => [name, traffic.resource])),
    environments: Object.fromEntries(services.map(([name, { environment }]) => [name, environment.resource])),
  });
}
