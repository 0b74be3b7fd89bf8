import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Set-up talks on stderr, so that the last line of a `--json` command's stdout stays its own. */
export const quietly = /** @type {const} */ (['inherit', 2, 2]);

/**
 * Runs a program to its end and answers its exit status; a program that a signal ended answers 128 and the signal's number.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      // A terminal sends Ctrl-C to the whole group. Passing it on would make one press two, and the second one is severe.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, passOn);
    const done = () => {
      for (const signal of signals) process.off(signal, passOn);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('exit', (status, signal) => {
      done();
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/**
 * Runs a JavaScript file by path with this Node, without the shell wrappers of a package manager.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function runNode(file, args = [], options = {}) {
  return run(process.execPath, [file, ...args], options);
}
