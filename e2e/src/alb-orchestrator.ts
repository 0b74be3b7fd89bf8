import { appendFileSync } from 'node:fs';
import { isBluegreenError } from '@bluegreen/contract';
import { createReleaser, fileJournal } from '@bluegreen/core';
import { type OrchestratedShop, policy, shopAdapters, shopClients } from './alb/orchestrated-shop.js';
import { boundedJournal, boundedService } from './stage/boundaries.js';

/** What the parent tells a real orchestrator process, as JSON in its first argument. */
export interface AlbOrchestratorTask {
  readonly shop: OrchestratedShop;
  readonly journal: string;
  readonly releaseId: string;
  readonly version: string;
  /** Kills itself with SIGKILL at this boundary; 0: never. */
  readonly killAt: number;
  /** Every boundary is noted here, so that the parent can count and name them. */
  readonly boundaryLog: string;
}

async function main({ shop, ...task }: AlbOrchestratorTask): Promise<void> {
  let count = 0;
  const boundary = (name: string): void => {
    count += 1;
    if (task.boundaryLog !== '') appendFileSync(task.boundaryLog, `${name}\n`);
    if (count === task.killAt) process.kill(process.pid, 'SIGKILL');
  };
  const clients = shopClients(shop.endpoint);
  // Within one call of the adapter, too: before each request that changes something, and after its answer.
  clients.write.middlewareStack.add(
    (next, context) => async (args) => {
      boundary(`before ${context.commandName}`);
      const answer = await next(args);
      boundary(`after ${context.commandName}`);
      return answer;
    },
    { step: 'initialize', name: 'boundaries' },
  );
  const releaser = createReleaser({
    services: { shop: boundedService(shopAdapters(shop, clients), boundary) },
    journal: boundedJournal(fileJournal(task.journal), boundary),
    leaseTtlMs: 1_000,
    checks: { wanted: ({ services }) => !services.shop!.version.startsWith('unwanted') },
  });
  await releaser.recover();
  try {
    const { releaseId: id, version } = task;
    await releaser.start({ id, versions: { shop: version }, policy, requestedBy: 'e2e' });
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
  }
  const release = await releaser.get(task.releaseId);
  const end = await release.until('release-finished');
  if (end?.end !== undefined) process.stdout.write(`ended ${end.end}\n`);
  if (end?.end === 'stuck') process.stderr.write(`${(await release.explain()).sentence}\n`);
  await releaser.close();
}

await main(JSON.parse(process.argv[2]!) as AlbOrchestratorTask);
