import { spawnSync } from 'node:child_process';

export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** Null when the command succeeded; else how it ended and what it said, cut to its last lines. */
  readonly problem: string | null;
}

/** Runs a program to its end, within two minutes unless `limitMs` says otherwise. */
export function command(file: string, args: readonly string[], cwd: string, limitMs = 120_000): CommandResult {
  const result = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    timeout: limitMs,
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32' && file === 'npx',
  });
  const ok = result.status === 0;
  const said = `${result.stdout ?? ''}\n${result.stderr ?? ''}`.trim().split('\n').slice(-30).join('\n');
  const ending = result.error?.message ?? `${file} ended with ${result.status ?? result.signal}`;
  return { ok, stdout: result.stdout ?? '', problem: ok ? null : `${ending}\n${said}` };
}
