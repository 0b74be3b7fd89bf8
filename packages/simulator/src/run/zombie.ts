import { type Clock, fail } from '@bluegreen/contract';
import { AsyncDriver, type DriveEnd, foldRecords, type Performer, ReleaseProcess } from '@bluegreen/core/driving';
import { isEnd, type ReleaseEvent } from '@bluegreen/machine';
import { Boundaries, type Boundary } from './boundaries.js';
import { PauseGate } from './gate.js';
import { answers, type LaterCommand, plannedCommands } from './people.js';
import { carriedOut, type Setting, type SimulateOptions, settingOf, untilEnd } from './setting.js';
import { adapterPerformerFor } from './simulate-async.js';
import type { SimulatedHistory } from './simulated-history.js';
import { epochsOf, resumedFact } from './simulated-release.js';

/** The first owner stands still at a boundary, loses its lease meanwhile, and goes on as if nothing had happened. */
export interface Pause {
  readonly boundary: number;
  readonly pauseMs: number;
  /** How long after the pause began the lease is somebody else's. */
  readonly leaseMs: number;
}

export interface ZombieHistory extends SimulatedHistory {
  /** How the paused owner ended; `null`: it had not when the run was over. */
  readonly zombieEnd: DriveEnd['reason'] | null;
}

const tailMs = 120_000;

/**
 * Runs one release with two owners in one world: the first is paused, the second takes over, and then the first wakes
 * in the middle of what it was doing. Through the asynchronous driver, because only a promise can be kept waiting.
 *
 * @throws `policy/…`, `simulator/…`
 */
export async function simulateZombie(options: SimulateOptions, pause: Pause | null): Promise<ZombieHistory> {
  const run = new ZombieRun(options, pause);
  run.begin();
  const { clock } = run.setting;
  await clock.runAsync(untilEnd(run.setting, () => run.isOver));
  const endedAt = clock.now();
  const isOver = run.isOver;
  await clock.runAsync(Math.max(endedAt, run.wakesAt ?? 0) + tailMs);
  return {
    seed: options.seed ?? 1,
    isOver,
    endedAt,
    state: foldRecords(run.setting.journal.records)!,
    records: run.setting.journal.records,
    ledger: run.setting.world.ledger(),
    boundaries: run.boundaries.passed,
    absences: run.absences,
    zombieEnd: run.ends.get(1) ?? null,
  };
}

class ZombieRun {
  readonly setting: Setting;
  readonly boundaries = new Boundaries([]);
  readonly absences: { readonly from: number; readonly to: number }[] = [];
  readonly ends = new Map<number, DriveEnd['reason']>();
  isOver = false;
  wakesAt: number | null = null;
  readonly #options: SimulateOptions;
  readonly #pause: Pause | null;
  readonly #gate = new PauseGate();
  readonly #inbox: LaterCommand[] = [];
  #driver: AsyncDriver | null = null;
  /** Who holds the lease. */
  #holder = 0;

  constructor(options: SimulateOptions, pause: Pause | null) {
    this.setting = settingOf(options);
    this.#options = options;
    this.#pause = pause;
  }

  begin(): void {
    for (const command of plannedCommands(this.#options)) {
      this.setting.clock.setTimeout(() => this.#receive(command), command.afterMs);
    }
    this.own(1, null);
  }

  own(epoch: number, pausedAt: number | null): void {
    const { clock, journal, plan, id } = this.setting;
    const state = foldRecords(journal.records)!;
    const now = clock.now();
    if (pausedAt !== null) this.absences.push({ from: pausedAt, to: now });
    this.#holder = epoch;
    if (isEnd(state)) {
      this.isOver = true;
      return;
    }
    const process = new ReleaseProcess(state);
    const gate = epoch === 1 ? this.#gate : new PauseGate();
    const confirm = async (): Promise<void> => {
      await gate.passed();
      this.#refuseOthers(epoch);
    };
    const lease = { epochs: epochsOf(plan, id, epoch), confirm };
    const pass = (kind: Boundary['kind'], what: string): void => this.#pass(kind, what, process, epoch);
    const driver = new AsyncDriver({
      process,
      clock: gatedClock(clock, gate),
      lease,
      performer: gated(adapterPerformerFor(this.setting, epoch, lease), gate, pass),
      append: async (events) => {
        pass('before-append', events.map(({ type }) => type).join(' '));
        await confirm();
        journal.append(events, epoch);
        this.#hear(events);
        pass('after-append', events.map(({ type }) => type).join(' '));
        await gate.passed();
      },
    });
    this.#driver = driver;
    void driver.ended.then(({ reason }) => {
      this.ends.set(epoch, reason);
      if (reason === 'over') this.isOver = true;
    });
    const commands = this.#inbox.splice(0).map((command) => carriedOut(command, this.setting));
    const absentMs = pausedAt === null ? 0 : now - pausedAt;
    void driver.give([resumedFact(plan, id, `owner-${epoch}`, epoch, absentMs, now), ...commands]);
  }

  #refuseOthers(epoch: number): void {
    if (this.#holder !== epoch) throw fail('journal/lease-lost', { detail: `owner-${this.#holder} holds it` });
  }

  #pass(kind: Boundary['kind'], what: string, process: ReleaseProcess, epoch: number): void {
    const { clock } = this.setting;
    this.boundaries.pass({ kind, what, at: clock.now(), phase: process.state.phase, epoch });
    if (this.#pause === null || this.boundaries.passed.length !== this.#pause.boundary) return;
    const { pauseMs, leaseMs } = this.#pause;
    const pausedAt = clock.now();
    this.#gate.shut();
    this.#driver = null;
    this.wakesAt = pausedAt + pauseMs;
    clock.setTimeout(() => this.own(2, pausedAt), leaseMs);
    clock.setTimeout(() => this.#gate.open(), pauseMs);
  }

  #hear(events: readonly ReleaseEvent[]): void {
    const { clock } = this.setting;
    for (const command of answers(events, this.#options)) {
      clock.setTimeout(() => this.#receive(command), command.afterMs);
    }
  }

  #receive(command: LaterCommand): void {
    if (this.#driver === null) this.#inbox.push(command);
    else void this.#driver.give([carriedOut(command, this.setting)]);
  }
}

function gatedClock(clock: Clock, gate: PauseGate): Clock {
  return {
    now: () => clock.now(),
    setTimeout: (run, delayMs) => clock.setTimeout(() => gate.pass(run), delayMs),
    clearTimeout: (handle) => clock.clearTimeout(handle),
  };
}

function gated(performer: Performer, gate: PauseGate, pass: (kind: Boundary['kind'], what: string) => void): Performer {
  return {
    perform: (effect, call, done) =>
      gate.pass(() => {
        performer.perform(effect, call, (outcome) => {
          pass('before-answer', effect.kind);
          gate.pass(() => done(outcome));
        });
        pass('request-sent', effect.kind);
      }),
  };
}
