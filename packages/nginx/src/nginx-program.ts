import { execFile } from 'node:child_process';
import { type Configuration, readConfiguration } from './configuration.js';

const largestDumpBytes = 64 * 1024 * 1024;
const longestRunMs = 20_000;

/** How one run of the nginx program ended: with what it printed, or with why not. */
export type ProgramRun =
  | { readonly stdout: string }
  | {
      /** The last line of what it complained about. */
      readonly problem: string;
      readonly stderr: string;
      /** False when it never ran to its end: it could not be started, or was stopped. */
      readonly ended: boolean;
    };

/** Starts the nginx program with these words and waits for its end. */
export function runNginx(
  command: readonly string[],
  words: readonly string[],
  signal: AbortSignal,
): Promise<ProgramRun> {
  const [program, ...first] = command as [string, ...string[]];
  const limits = { signal, timeout: longestRunMs, maxBuffer: largestDumpBytes };
  return new Promise((resolve) => {
    execFile(program, [...first, ...words], limits, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout });
      else resolve({ problem: complaint(stderr) ?? error.message, stderr, ended: typeof error.code === 'number' });
    });
  });
}

/** The configuration that nginx would read now, or why it could not be read. Starts no server and changes nothing. */
export async function dumpConfiguration(
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly configuration: Configuration } | { readonly problem: string }> {
  const run = await runNginx(command, ['-T'], signal);
  return 'problem' in run ? { problem: run.problem } : { configuration: readConfiguration(run.stdout) };
}

/** The line that names the cause; what nginx prints last is only that the test failed. */
function complaint(text: string): string | undefined {
  const lines = text
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  return lines.find((line) => line.includes('[emerg]')) ?? lines.at(-1);
}
