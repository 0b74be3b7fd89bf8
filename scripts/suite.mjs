import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

const killAfterMs = 10_000;

/**
 * One program that checks something. It reports what it counted as JSON with `passed` and `failed` in the last line of
 * its output, or, if it is vitest, in the file `report`. A suite that reports nothing counts as one.
 *
 * @typedef {{ name: string, limitMs: number, command: readonly string[], report?: string }} Suite
 */

/**
 * Runs a suite with its output in `log`. A suite that ended badly, late or not at all has failed at least once, whatever it says.
 *
 * @param {Suite} suite
 * @param {{ log: string, cwd: string }} where
 * @returns {Promise<{ passed: number, failed: number, ending: string }>}
 */
export async function runSuite(suite, { log, cwd }) {
  const { ok, ending } = await runLogged(suite, log, cwd);
  const said = suite.report === undefined ? lastLineCounts(log) : vitestCounts(suite.report);
  const passed = said?.passed ?? (ok ? 1 : 0);
  const failed = said?.failed ?? 0;
  return { passed, failed: ok ? failed : Math.max(1, failed), ending };
}

/**
 * The suite gets a process group of its own, so that its limit also ends what it started, and so does its end.
 *
 * @param {Suite} suite
 * @param {string} log
 * @param {string} cwd
 * @returns {Promise<{ ok: boolean, ending: string }>}
 */
function runLogged({ command, limitMs }, log, cwd) {
  return new Promise((resolve) => {
    const [file = '', ...args] = command;
    const output = openSync(log, 'w');
    const child = spawn(file, args, { cwd, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      killGroup(child.pid, 'SIGTERM');
      setTimeout(() => killGroup(child.pid, 'SIGKILL'), killAfterMs).unref();
    }, limitMs);
    const interrupt = (/** @type {NodeJS.Signals} */ signal) => {
      killGroup(child.pid, 'SIGTERM');
      process.exit(128 + constants.signals[signal]);
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    const end = (/** @type {boolean} */ ok, /** @type {string} */ ending) => {
      clearTimeout(limit);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      killGroup(child.pid, 'SIGTERM');
      resolve({ ok, ending });
    };
    child.once('error', (error) => end(false, error.message));
    child.once('exit', (status, signal) => {
      if (isLate) end(false, `ended after its limit of ${limitMs / 1000} s`);
      else end(status === 0, `exit ${status ?? signal}`);
    });
  });
}

/** @param {string} log */
function lastLineCounts(log) {
  const last = readFileSync(log, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  try {
    return counts(JSON.parse(last));
  } catch {
    return null;
  }
}

/** @param {string} file */
function vitestCounts(file) {
  if (!existsSync(file)) return null;
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
  return counts({ passed: numPassedTests, failed: numFailedTests });
}

/**
 * @param {{ passed?: unknown, failed?: unknown } | null} said
 * @returns {{ passed: number, failed: number } | null}
 */
function counts(said) {
  const passed = Number(said?.passed ?? Number.NaN);
  const failed = Number(said?.failed ?? Number.NaN);
  return Number.isInteger(passed) && Number.isInteger(failed) ? { passed, failed } : null;
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
