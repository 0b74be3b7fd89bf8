import { readFileSync, readlinkSync } from 'node:fs';
import { type Clock, systemClock } from '@bluegreen/contract';

/** The clocks of one host, and the one that this process decides by. */
export interface HostTime extends Clock {
  /** Milliseconds on a clock that every process of one boot shares and that nobody can set. */
  monotonicMs(): number;
  /** Milliseconds since the epoch, as the host believes now. */
  wallMs(): number;
}

/** Which process somebody is. `null` means that this platform can't tell. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot: a reused pid has another one. */
  readonly startTime: string | null;
  readonly bootId: string | null;
  /** Pids mean something only inside one namespace: two containers may share the directory, but not their pids. */
  readonly pidNamespace: string | null;
  /** Monotonic instants can be compared only inside one. */
  readonly timeNamespace: string | null;
}

export interface HostProcesses {
  self(): ProcessIdentity;
  /** True when it is sure that this process runs no more. Doubt is `false`: then only the time to live decides. */
  isGone(other: ProcessIdentity): boolean;
}

/** The clocks of this host, with `clock` for what a releaser is told. Timers do not keep the process alive. */
export function hostTime(clock: Clock = systemClock()): HostTime {
  return {
    now: clock.now,
    // libuv reads CLOCK_MONOTONIC here; performance.now() would start anew in each process.
    monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
    wallMs: () => Date.now(),
    setTimeout: (run, delayMs) => {
      const handle = clock.setTimeout(run, delayMs);
      (handle as Partial<NodeJS.Timeout> | null)?.unref?.();
      return handle;
    },
    clearTimeout: clock.clearTimeout,
  };
}

/** The processes of this host. */
export function hostProcesses(): HostProcesses {
  const self: ProcessIdentity = {
    pid: process.pid,
    startTime: processStat(process.pid)?.startTime ?? null,
    bootId: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
    timeNamespace: orNull(() => readlinkSync('/proc/self/ns/time')),
  };
  return { self: () => self, isGone: (other) => isGone(other, self) };
}

function isGone(other: ProcessIdentity, self: ProcessIdentity): boolean {
  if (other.bootId !== self.bootId) return other.bootId !== null && self.bootId !== null;
  if (other.pidNamespace !== self.pidNamespace) return false;
  // The signal comes first: where /proc hides the processes of other users, a missing entry proves nothing.
  if (!takesSignals(other.pid)) return true;
  const stat = processStat(other.pid);
  if (stat === null || other.startTime === null) return false;
  return stat.startTime !== other.startTime || stat.state === 'Z' || stat.state === 'X';
}

function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function processStat(pid: number): { readonly state: string; readonly startTime: string } | null {
  return orNull(() => parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8')));
}

/**
 * State (field 3) and start time (field 22) of a line of `/proc/<pid>/stat`; see proc(5). Field 2 is a name in
 * parentheses that may itself hold spaces and parentheses, so counting starts after the last one.
 */
export function parseProcessStat(line: string): { readonly state: string; readonly startTime: string } {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (state === undefined || startTime === undefined) throw new Error(`unreadable process status: ${line}`);
  return { state, startTime };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
