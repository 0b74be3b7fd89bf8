import type { Clock } from '@bluegreen/contract';
import { AnalysisMemory, foldRecords, type Performer, ReleaseProcess, SyncDriver } from '@bluegreen/core/driving';
import { isEnd, type ReleaseEvent, type ReleaseState } from '@bluegreen/machine';
import { Boundaries, type Boundary, Crashed } from './boundaries.js';
import { answers, type LaterCommand, plannedCommands } from './people.js';
import { QuietStretch } from './quiet-stretch.js';
import { carriedOut, type Setting, type SimulateOptions, settingOf, untilEnd } from './setting.js';
import { performerFor } from './simulate.js';
import type { SimulatedHistory } from './simulated-history.js';
import { resumedFact } from './simulated-release.js';

/** The orchestrator dies at a boundary; so long after it, a new owner goes on. */
export interface Crash {
  readonly boundary: number;
  readonly absentMs: number;
}

/** A stretch of time in which nobody drove the release. */
export interface Absence {
  readonly from: number;
  readonly to: number;
}

const renewEveryMs = 10_000;
/** How often people help a stuck release before they give up on it. */
const mostRescues = 6;
/** How long the world is watched after the release is over: a write that nobody waits for may still land. */
const tailMs = 120_000;

/**
 * Runs one release whose orchestrator dies at the given boundaries. What dies records nothing more; its calls are
 * aborted, and their writes land or not as the world says. Each new owner has the next epoch and knows the journal alone.
 *
 * @throws `policy/…`, `simulator/…`
 */
export function simulateCrashes(options: SimulateOptions, crashes: readonly Crash[] = []): SimulatedHistory {
  return historyOf(options, new CrashingRun(options, crashes, false));
}

/**
 * The same, for whoever does not ask for its boundaries: after the last crash it does not live through quiet times, so that
 * boundaries are listed up to there only.
 *
 * @throws `policy/…`, `simulator/…`
 */
export function hurryThroughCrashes(options: SimulateOptions, crashes: readonly Crash[] = []): SimulatedHistory {
  return historyOf(options, new CrashingRun(options, crashes, true));
}

function historyOf(options: SimulateOptions, run: CrashingRun): SimulatedHistory {
  run.begin();
  const { clock } = run.setting;
  clock.runUntil(untilEnd(run.setting, () => run.isOver));
  const endedAt = clock.now();
  const isOver = run.isOver;
  clock.runUntil(endedAt + tailMs);
  return {
    seed: options.seed ?? 1,
    isOver,
    endedAt,
    state: foldRecords(run.setting.journal.records)!,
    records: run.setting.journal.records,
    ledger: run.setting.world.ledger(),
    boundaries: run.boundaries.passed,
    absences: run.absences,
  };
}

class CrashingRun {
  readonly setting: Setting;
  readonly boundaries: Boundaries;
  readonly absences: Absence[] = [];
  isOver = false;
  readonly #options: SimulateOptions;
  readonly #crashes: ReadonlyMap<number, Crash>;
  /** Commands that are not in the journal yet. */
  readonly #inbox = new Map<string, LaterCommand>();
  /** From this boundary on, quiet times are not lived through. */
  readonly #hurriesFrom: number;
  #driver: SyncDriver | null = null;
  #process: ReleaseProcess | null = null;
  #epoch = 0;
  #stuckCount = 0;
  #ownedSince = 0;
  /** When the last owner was last known to be alive, and when it was gone. */
  #renewedAt: number | null = null;
  #goneAt: number | null = null;

  constructor(options: SimulateOptions, crashes: readonly Crash[], isHurried: boolean) {
    this.#hurriesFrom = isHurried ? Math.max(0, ...crashes.map(({ boundary }) => boundary)) : Number.POSITIVE_INFINITY;
    this.setting = settingOf(options);
    this.boundaries = new Boundaries(crashes.map(({ boundary }) => boundary));
    this.#options = options;
    this.#crashes = new Map(crashes.map((crash) => [crash.boundary, crash]));
  }

  /** The first owner begins, and people will say what they have to. */
  begin(): void {
    for (const command of plannedCommands(this.#options)) {
      this.setting.clock.setTimeout(() => this.#receive(command), command.afterMs);
    }
    this.takeOver();
  }

  /** A new owner wins the lease and goes on. */
  takeOver(): void {
    const { clock, journal, plan, id } = this.setting;
    const state = foldRecords(journal.records)!;
    const now = clock.now();
    const commands = [...this.#inbox.values()].map((command) => carriedOut(command, this.setting));
    if (this.#goneAt !== null) this.absences.push({ from: this.#goneAt, to: now });
    if (isEnd(state) && commands.length === 0) {
      this.#end(state);
      return;
    }
    const absentMs = this.#renewedAt === null ? 0 : now - this.#renewedAt;
    this.#epoch++;
    this.#ownedSince = now;
    this.#process = new ReleaseProcess(state);
    this.#driver = this.#newDriver(this.#process, this.#epoch);
    const resumed = resumedFact(plan, id, `owner-${this.#epoch}`, this.#epoch, absentMs, now);
    this.#guarded(() => this.#driver?.give([resumed, ...commands]));
  }

  #newDriver(process: ReleaseProcess, epoch: number): SyncDriver {
    const { clock, world, journal, horizon } = this.setting;
    const memory = new AnalysisMemory(journal.records);
    const stretch = new QuietStretch({
      clock,
      process,
      memory,
      calls: world.repeatedCalls,
      owner: `owner-${epoch}`,
      horizon,
      wakeCount: () => driver.wakeCount,
    });
    const driver: SyncDriver = new SyncDriver({
      process,
      clock: this.#guardedClock(),
      performer: this.#watched(stretch.watch(performerFor(this.setting, epoch, memory)), epoch),
      onRest: (rest) => {
        if (this.boundaries.passed.length >= this.#hurriesFrom) stretch.skip(rest);
      },
      append: (events) => {
        const what = events.map(({ type }) => type).join(' ');
        this.#pass('before-append', what, epoch);
        this.setting.journal.append(events, epoch);
        for (const event of events) if ('command' in event) this.#inbox.delete(event.command);
        this.#hear(events);
        this.#pass('after-append', what, epoch);
      },
      onEnd: () => this.#leave(process.state),
    });
    return driver;
  }

  #watched(performer: Performer, epoch: number): Performer {
    return {
      perform: (effect, call, done) => {
        performer.perform(effect, call, (outcome) =>
          this.#guarded(() => {
            this.#pass('before-answer', effect.kind, epoch);
            done(outcome);
          }),
        );
        this.#pass('request-sent', effect.kind, epoch);
      },
    };
  }

  #pass(kind: Boundary['kind'], what: string, epoch: number): void {
    const at = this.setting.clock.now();
    this.boundaries.pass({ kind, what, at, phase: this.#process!.state.phase, epoch });
  }

  #guardedClock(): Clock {
    const { clock } = this.setting;
    return {
      now: () => clock.now(),
      setTimeout: (run, delayMs) => clock.setTimeout(() => this.#guarded(run), delayMs),
      clearTimeout: (handle) => clock.clearTimeout(handle),
    };
  }

  /** Runs code of the owner; when it dies in the middle, that is the end of it. */
  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
      const { absentMs } = this.#crashes.get(this.boundaries.passed.length)!;
      this.#leave(null);
      this.setting.clock.setTimeout(() => this.takeOver(), absentMs);
    }
  }

  /** The owner is gone: it died, or with `state` it has ended what it drove. */
  #leave(state: ReleaseState | null): void {
    const now = this.setting.clock.now();
    this.#driver?.stop();
    this.#driver = null;
    this.#goneAt = now;
    this.#renewedAt = this.#ownedSince + Math.floor((now - this.#ownedSince) / renewEveryMs) * renewEveryMs;
    if (state !== null) this.#end(state);
  }

  #end(state: ReleaseState): void {
    const isHopeless = (this.#options.stuck ?? 'never') === 'never' || ++this.#stuckCount > mostRescues;
    this.isOver = state.phase !== 'stuck' || isHopeless;
  }

  #hear(events: readonly ReleaseEvent[]): void {
    for (const command of answers(events, this.#options)) {
      this.setting.clock.setTimeout(() => this.#receive(command), command.afterMs);
    }
  }

  /** A person's command waits where nobody drives the release; one for a stuck release calls an owner. */
  #receive(command: LaterCommand): void {
    const { journal } = this.setting;
    this.#inbox.set(command.id, command);
    if (this.#driver !== null) {
      this.#guarded(() => this.#driver?.give([carriedOut(command, this.setting)]));
      return;
    }
    if (!this.isOver && isEnd(foldRecords(journal.records)!)) this.takeOver();
  }
}
