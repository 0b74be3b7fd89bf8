import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { OrchestratorReport, OrchestratorTask } from './orchestrate.js';

/** Which of this folder's programs. */
export type Script = 'orchestrator' | `${'alb' | 'kubernetes' | 'services' | 'workers'}-orchestrator`;

/** A real orchestrator process. */
export interface Orchestrator {
  readonly child: ChildProcess;
  /** It has loaded and begins to work. */
  readonly started: Promise<void>;
  /** How it ended: with a report, or killed. */
  readonly ended: Promise<OrchestratorEnd>;
}

export interface OrchestratorEnd {
  readonly report: OrchestratorReport | null;
  readonly signal: NodeJS.Signals | null;
  /** Why there is no report although nobody killed it. */
  readonly problem: string | null;
}

/** Longer than any of these releases takes: a process that lasts longer hangs, and that is a failure. */
const limitMs = 60_000;

/** What a task says of a process that nobody disturbs. */
export const leftAlone = { killAt: null, boundaryLog: '', follow: false } as const;

export function startOrchestrator(script: Script, task: OrchestratorTask): Orchestrator {
  const program = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', program, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, limitMs);
  const started = new Promise<void>((resolve) => {
    child.stdout!.on('data', (part: Buffer) => {
      output += part.toString();
      if (output.includes('started\n')) resolve();
    });
    child.once('exit', () => resolve());
  });
  child.stderr!.on('data', (part: Buffer) => {
    errors += part.toString();
  });
  const ended = new Promise<OrchestratorEnd>((resolve) => {
    child.once('close', (status, signal) => {
      clearTimeout(limit);
      const last = output.trim().split('\n').at(-1) ?? '';
      const report = last.startsWith('{') ? (JSON.parse(last) as OrchestratorReport) : null;
      const problem = signal === null && status !== 0 ? `exit ${status}: ${errors.slice(-800)}` : null;
      // Whatever it has said: a process that does not end has not done its work.
      if (isLate) resolve({ report: null, signal, problem: `it did not end within ${limitMs} ms, and said ${last}` });
      else resolve({ report, signal, problem });
    });
  });
  return { child, started, ended };
}

/** Why this is not the end that a release should have; `null` when it is. */
export function wrongReport({ report, problem }: OrchestratorEnd, end: string): string | null {
  if (report === null) return `not ended: ${problem ?? 'no report'}`;
  return report.end === end ? null : `ended ${report.end}: ${report.sentence}`;
}
