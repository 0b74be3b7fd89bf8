import { ReleaseProcess, type Step } from '@bluegreen/core/driving';
import { type Fact, isFact } from '@bluegreen/machine';
import { createVirtualClock } from '@bluegreen/simulator';
import { releaseOn } from './fake-timers.js';

/** Keeps every fact that its machine is told, in order, whether it says anything new or not. */
class ListeningProcess extends ReleaseProcess {
  readonly told: Fact[] = [];

  override *turn(facts: readonly Fact[], now: number): Generator<Step, void> {
    this.told.push(...facts);
    for (const step of super.turn(facts, now)) {
      // Besides what it was given, a turn tells of what it begins and of what it gave up.
      if (step.kind === 'append')
        this.told.push(...(step.events.filter((event) => isFact(event) && !facts.includes(event)) as Fact[]));
      yield step;
    }
  }
}

/** Everything that the machine is told in one good release: its request, then mostly reads that show nothing new. */
export async function factScript(): Promise<{ readonly requested: Fact; readonly facts: readonly Fact[] }> {
  const clock = createVirtualClock();
  let process: ListeningProcess | null = null;
  const { driver, events, begin } = releaseOn(clock, 7, (initial) => {
    process = new ListeningProcess(initial);
    return process;
  });
  let isOver = false;
  void driver.ended.then(() => {
    isOver = true;
  });
  void driver.give([begin]);
  await clock.runAsync(() => isOver);
  return { requested: events[0] as Fact, facts: process!.told };
}
