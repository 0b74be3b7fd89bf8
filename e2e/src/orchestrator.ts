import { appendFileSync } from 'node:fs';
import { isBluegreenError } from '@bluegreen/contract';
import { createReleaser, fileJournal, functionEnvironment, type Policy, type Releaser } from '@bluegreen/core';
import { type NginxOptions, nginxTraffic } from '@bluegreen/nginx';
import { boundedJournal, boundedService } from './stage/boundaries.js';
import { deployScript } from './stage/deploy-script.js';

/** What the parent tells a real orchestrator process, as JSON in its first argument. */
export interface OrchestratorTask {
  readonly journal: string;
  readonly nginx: NginxOptions;
  readonly urls: { readonly blue: string; readonly green: string };
  readonly controlUrl: string;
  readonly releaseId: string;
  readonly version: string;
  readonly policy: Policy<'answers'>;
  readonly leaseTtlMs: number;
  /** Kills itself with SIGKILL at this boundary; 0: never. */
  readonly killAt: number;
  /** Every boundary is noted here, so that the parent can count and name them. */
  readonly boundaryLog: string;
  /** Drives what nobody drives until its release is over, instead of starting it. */
  readonly follow: boolean;
}

/** One line on stdout says how it ended. */
export interface OrchestratorReport {
  readonly end: string;
  readonly sentence: string;
  readonly tookMs: number;
}

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2]!) as OrchestratorTask;
  const startedAt = performance.now();
  let count = 0;
  const boundary = (name: string): void => {
    count++;
    if (task.boundaryLog !== '') appendFileSync(task.boundaryLog, `${count} ${name}\n`);
    if (count === task.killAt) process.kill(process.pid, 'SIGKILL');
  };
  const releaser = createReleaser({
    services: {
      web: boundedService(
        {
          traffic: nginxTraffic(task.nginx),
          environment: functionEnvironment({ urls: task.urls, ...deployScript(task.controlUrl) }),
        },
        boundary,
      ),
    },
    journal: boundedJournal(fileJournal(task.journal), boundary),
    leaseTtlMs: task.leaseTtlMs,
    checks: {
      answers: async ({ services }) => {
        const answer = await fetch(services.web!.url!, { headers: { connection: 'close' } });
        const version = answer.headers.get('x-version');
        // A version that serves users well and that nobody wants: what fails then fails because of the release.
        return { pass: answer.ok && version?.startsWith('unloved') === false, summary: `${version}: ${answer.status}` };
      },
    },
  });
  process.once('SIGTERM', () => void releaser.close().then(() => process.exit(0)));
  process.stdout.write('started\n');
  await drive(releaser, task);
  const release = await releaser.get(task.releaseId);
  for await (const event of release) {
    if (event.type !== 'release-finished') continue;
    const { sentence } = await release.explain();
    const report: OrchestratorReport = { end: event.end, sentence, tookMs: performance.now() - startedAt };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  await releaser.close();
}

/** Takes over what is unfinished; starts the release where it does not exist yet, because its request was lost. */
async function drive(releaser: Releaser<'answers'>, task: OrchestratorTask): Promise<void> {
  if (task.follow) {
    await releaser.recover({ follow: true });
    return;
  }
  await releaser.recover();
  try {
    await releaser.start({
      id: task.releaseId,
      versions: { web: task.version },
      policy: task.policy,
      requestedBy: 'e2e',
    });
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
  }
}

await main();
