import { readFile } from 'node:fs/promises';
import { errnoOf, fail } from '../failure.js';
import { textAt } from '../reading.js';
import type { Settings } from '../settings.js';

/** One worker process of nginx. A process id can be used again, together with the start it cannot. */
export interface Worker {
  readonly pid: number;
  /** Process id and start, as text. */
  readonly key: string;
  readonly ageMs: number;
}

/** The running nginx as the system sees it. */
export interface Workers {
  readonly master: number;
  /** Those that take new connections. */
  readonly accepting: readonly Worker[];
  /** Those of earlier configurations that only finish what they have. */
  readonly draining: readonly Worker[];
}

/** Start times in `/proc` are in hundredths of a second, whatever the kernel counts in. Source: proc(5), `sysconf(3)`. */
const ticksPerSecond = 100;

/**
 * The workers of the nginx whose master wrote the pid file.
 * @throws `nginx/master-unknown` when that process is no nginx master, or cannot be seen.
 */
export async function readWorkers({ pidFile }: Pick<Settings, 'pidFile'>): Promise<Workers> {
  const text = (await textAt(pidFile))?.trim();
  if (text === undefined) throw fail('nginx/master-unknown', { detail: `${pidFile} is missing` });
  const master = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (!(await titleOf(master))?.startsWith('nginx: master process')) {
    throw fail('nginx/master-unknown', {
      detail: `${pidFile} names ${JSON.stringify(text)}, which is no nginx master`,
    });
  }
  const [children, uptime] = await Promise.all([textAt(`/proc/${master}/task/${master}/children`), uptimeMs()]);
  if (children === null) throw fail('nginx/master-unknown', { detail: `the workers of ${master} cannot be listed` });
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  const seen = (await Promise.all(pids.map((pid) => readWorker(pid, uptime)))).filter((each) => each !== null);
  return {
    master,
    accepting: seen.filter(({ isDraining }) => !isDraining),
    draining: seen.filter(({ isDraining }) => isDraining),
  };
}

/** `null` for a process that has just ended, and for one that is no worker. */
async function readWorker(pid: number, uptime: number): Promise<(Worker & { isDraining: boolean }) | null> {
  const [title, stat] = await Promise.all([titleOf(pid), orGone(readFile(`/proc/${pid}/stat`, 'utf8'))]);
  if (title === null || stat === null || !title.startsWith('nginx: worker process')) return null;
  // The name of the program stands in parentheses and may hold anything; the start is the 20th field after it.
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  const ageMs = Math.max(0, uptime - (Number(started) * 1000) / ticksPerSecond);
  return { pid, key: `${pid}@${started}`, ageMs, isDraining: title.includes('is shutting down') };
}

async function titleOf(pid: number): Promise<string | null> {
  const title = await orGone(readFile(`/proc/${pid}/cmdline`, 'utf8'));
  return title === null ? null : title.replaceAll('\0', ' ').trim();
}

async function uptimeMs(): Promise<number> {
  return Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]) * 1000;
}

/** A process may end while it is looked at. */
async function orGone(read: Promise<string>): Promise<string | null> {
  try {
    return await read;
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
}
