import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hostProcesses, hostTime, type ProcessIdentity, parseProcessStat } from './host.js';

const processes = hostProcesses();
const self = processes.self();
const onLinux = process.platform === 'linux';

describe('hostProcesses', () => {
  test('knows this process as alive', () => {
    expect(self.pid).toBe(process.pid);
    expect(processes.isGone(self)).toBe(false);
  });

  test('knows a process that has ended as gone', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    const identity = identityOf(child.pid!);
    expect(processes.isGone(identity)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(processes.isGone(identity)).toBe(true);
  });

  test.runIf(onLinux)('takes the same pid with another start time for another process', () => {
    expect(processes.isGone({ ...self, startTime: `${self.startTime}1` })).toBe(true);
  });

  test.runIf(onLinux)('takes every process of another boot for gone, and none of another container', () => {
    expect(processes.isGone({ ...self, bootId: 'another boot' })).toBe(true);
    const elsewhere = { ...self, pid: 2 ** 30, pidNamespace: 'pid:[1]' };
    expect(processes.isGone(elsewhere)).toBe(false);
  });

  test('leaves a process in doubt to its time to live', () => {
    const unknown: ProcessIdentity = { ...self, startTime: null };
    expect(processes.isGone(unknown)).toBe(false);
    expect(processes.isGone({ ...unknown, bootId: null })).toBe(false);
  });

  test.runIf(onLinux)('takes a process for gone that has ended and that nobody waits for', async () => {
    // The shell becomes a `sleep` that never reaps what it started.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const stat = () => parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    while (stat().state !== 'Z') await new Promise(setImmediate);
    expect(processes.isGone(identityOf(pid))).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'close');
  });

  function identityOf(pid: number): ProcessIdentity {
    const startTime = onLinux ? parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).startTime : null;
    return { ...self, pid, startTime };
  }
});

describe('parseProcessStat', () => {
  test('reads the fields behind a name with spaces and parentheses', () => {
    const fields = Array.from({ length: 49 }, (_, index) => String(index + 4));
    expect(parseProcessStat(`7 (a) (b c) S ${fields.join(' ')}`)).toEqual({ state: 'S', startTime: '22' });
  });

  test('refuses a line that is too short', () => {
    expect(() => parseProcessStat('7 (a) S 1 2')).toThrow();
  });
});

describe('hostTime', () => {
  test('counts on a clock that other processes share', async () => {
    const time = hostTime();
    const before = time.monotonicMs();
    const child = spawn(process.execPath, ['-e', 'process.stdout.write(String(process.hrtime.bigint()))']);
    const [output] = (await once(child.stdout, 'data')) as [Buffer];
    const there = Number(BigInt(output.toString())) / 1e6;
    expect(there).toBeGreaterThanOrEqual(before);
    expect(there).toBeLessThanOrEqual(time.monotonicMs());
    await once(child, 'close');
  });

  test('does not keep the process alive with its timers', () => {
    const time = hostTime();
    const handle = time.setTimeout(() => undefined, 60_000) as NodeJS.Timeout;
    expect(handle.hasRef()).toBe(false);
    time.clearTimeout(handle);
  });
});
