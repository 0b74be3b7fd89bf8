import { execFile } from 'node:child_process';
import { type Configuration, readConfiguration } from './configuration.js';

const largestDumpBytes = 64 * 1024 * 1024;
const longestRunMs = 20_000;

/** The configuration that nginx would read now, or why it could not be read. Starts no server and changes nothing. */
export function dumpConfiguration(
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly configuration: Configuration } | { readonly problem: string }> {
  const [program, ...words] = command as [string, ...string[]];
  const limits = { signal, timeout: longestRunMs, maxBuffer: largestDumpBytes };
  return new Promise((resolve) => {
    execFile(program, [...words, '-T'], limits, (error, stdout, stderr) => {
      if (error === null) resolve({ configuration: readConfiguration(stdout) });
      else resolve({ problem: lastLine(stderr) ?? error.message });
    });
  });
}

function lastLine(text: string): string | undefined {
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .at(-1);
}
