import { existsSync } from 'node:fs';
import { isBluegreenError, pauseFor, type WriteCall } from '@bluegreen/contract';
import { refuseOldOwner } from '../claims.js';
import { fail } from '../failure.js';
import { runNginx } from '../nginx-program.js';
import type { Settings } from '../settings.js';
import { askWorker, type KnownWorkers, remember } from './running.js';
import { readWorkers, type Workers } from './workers.js';

const liveWithinMs = 5_000;
const lookEveryMs = 10;
const confirmations = 3;

/** The whole configuration, as nginx would read it now. @returns what is wrong with it, or `null`. */
export async function testConfiguration({ command }: Settings, signal: AbortSignal): Promise<string | null> {
  const run = await runNginx(command!, ['-t'], signal);
  return 'problem' in run ? run.problem : null;
}

/**
 * Why a reload must not be sent now, or `null`: while a new program file is being tried, it would start workers with the
 * old configuration (nginx `src/os/unix/ngx_process_cycle.c`, `ngx_new_binary`).
 */
export function upgradeGoingOn({ pidFile }: Settings): Error | null {
  return existsSync(`${pidFile}.oldbin`) ? fail('nginx/upgrade-pending') : null;
}

/** Tells the running nginx to read its configuration. @returns why it was not told, or `null`. */
export async function sendReload(settings: Settings, signal: AbortSignal): Promise<string | null> {
  const run = await runNginx(settings.command!, ['-s', 'reload'], signal);
  if (!('problem' in run)) return null;
  // A run that was stopped may have sent the signal already; one that ended with a complaint has not.
  if (!run.ended) throw fail('nginx/reload-unfinished', { detail: run.problem });
  return run.problem;
}

/**
 * Waits until the generation is live: a worker of the new set answers with it, and none of those before the reload takes
 * connections any more. An answer alone proves nothing: for 100 ms both sets answer.
 * @returns false when the deadline passed before.
 */
export async function isLive(
  { settings, call, known }: { settings: Settings; call: WriteCall; known: KnownWorkers },
  word: string,
  before: Workers,
): Promise<boolean> {
  const { signal, fence } = call;
  const old = new Set(before.accepting.map(({ key }) => key));
  const deadline = settings.clock.now() + liveWithinMs;
  do {
    // A newer owner may have written meanwhile; then this generation never comes.
    refuseOldOwner(settings, fence);
    const workers = await readWorkers(settings);
    const isNew = workers.accepting.length > 0 && workers.accepting.every(({ key }) => !old.has(key));
    if (isNew && (await allAnswer(settings, word, signal))) {
      remember(known, word, workers);
      return true;
    }
    await pauseFor(settings.clock, lookEveryMs, signal);
    if (signal.aborted) throw fail('nginx/aborted', { cause: signal.reason });
  } while (settings.clock.now() < deadline);
  return false;
}

async function allAnswer(settings: Settings, word: string, signal: AbortSignal): Promise<boolean> {
  for (let count = 0; count < confirmations; count += 1) {
    if ((await wordOf(settings, signal)) !== word) return false;
  }
  return true;
}

/** What a worker says now; `null` without an answer, which decides nothing yet. */
export async function wordOf(settings: Settings, signal: AbortSignal): Promise<string | null> {
  try {
    return (await askWorker(settings, {}, signal))?.word ?? null;
  } catch (error) {
    if (isBluegreenError(error) && error.code === 'nginx/unreachable' && !signal.aborted) return null;
    throw error;
  }
}
