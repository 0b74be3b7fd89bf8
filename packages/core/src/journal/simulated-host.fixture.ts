import type { Journal } from '@bluegreen/contract';
import { fileJournal } from './file-journal.js';
import type { HostProcesses, HostTime, ProcessIdentity } from './host.js';
import { type DiskHook, SimulatedDisk } from './simulated-disk.fixture.js';

/** One process of a simulated host, with its own view of the journal. */
export interface SimulatedProcess {
  readonly pid: number;
  readonly journal: Journal;
}

/** A host whose clocks, processes and disk obey a test. */
export class SimulatedHost {
  readonly disk = new SimulatedDisk();
  monotonicMs = 5_000;
  wallMs = 1_700_000_000_000;
  #boot = 1;
  #lastPid = 100;
  readonly #gone = new Set<number>();

  /** A new process; `hook` sees each of its calls to the disk. */
  start(hook?: DiskHook): SimulatedProcess {
    this.#lastPid += 1;
    const pid = this.#lastPid;
    const options = { fileSystem: this.disk.fileSystem(hook), time: this.#time(), processes: this.#processes(pid) };
    return { pid, journal: fileJournal('/journal', options) };
  }

  advance(durationMs: number): void {
    this.monotonicMs += durationMs;
    this.wallMs += durationMs;
  }

  /** The process is gone; what it wrote stays. */
  kill(pid: number): void {
    this.#gone.add(pid);
  }

  /** All processes are gone, and what `keeps` does not keep of what was not synced. */
  losePower(keeps: () => boolean): void {
    this.disk.powerLoss(keeps);
    this.#boot += 1;
    this.monotonicMs = 1_000;
    this.wallMs += 60_000;
  }

  #time(): HostTime {
    return {
      now: () => this.wallMs,
      monotonicMs: () => this.monotonicMs,
      wallMs: () => this.wallMs,
      setTimeout: () => null,
      clearTimeout: () => undefined,
    };
  }

  #processes(pid: number): HostProcesses {
    const self: ProcessIdentity = {
      pid,
      startTime: `${pid}0`,
      bootId: `boot-${this.#boot}`,
      pidNamespace: 'pid:[1]',
      timeNamespace: 'time:[1]',
    };
    return { self: () => self, isGone: (other) => other.bootId !== self.bootId || this.#gone.has(other.pid) };
  }
}
