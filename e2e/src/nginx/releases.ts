import { otherSlot, type Slot } from '@bluegreen/contract';
import { createReleaser, fileJournal, functionEnvironment } from '@bluegreen/core';
import { type LoadResult, startLoad } from './load.js';
import type { Site } from './site.js';

export interface ReleasesOptions {
  readonly releases: number;
  readonly keepAliveClients: number;
  readonly freshClients: number;
  readonly pauseMs: number;
  /** Where the releases are journaled. */
  readonly journal: string;
}

export interface ReleasesResult extends LoadResult {
  readonly releases: number;
  readonly promoted: number;
  readonly rolledBack: number;
  /** How each one that ended otherwise ended. */
  readonly unexpected: readonly string[];
}

/**
 * Whole releases under load: deployed, checked, shifted in three steps, retired; every fifth one is rolled back at its
 * second step. Each leaves one slot, really gone, and the next one swaps the roles.
 */
export async function runReleases(site: Site, options: ReleasesOptions): Promise<ReleasesResult> {
  const { keepAliveClients, freshClients, pauseMs } = options;
  const load = startLoad({ port: site.nginx.ports.public, keepAliveClients, freshClients, pauseMs });
  const releaser = createReleaser({
    services: { web: { traffic: site.traffic, environment: environmentOf(site) } },
    journal: fileJournal(options.journal),
    checks: { wanted: ({ services }) => !services.web!.version.startsWith('unwanted') },
  });
  const unexpected: string[] = [];
  let [promoted, rolledBack] = [0, 0];
  try {
    let serving = await servingSlot(site);
    for (let number = 1; number <= options.releases; number += 1) {
      const isWanted = number % 5 !== 0;
      const release = await releaser.start({
        versions: { web: `${isWanted ? 'v' : 'unwanted-'}${number}` },
        policy: {
          shift: [{ to: 10 }, { to: 50, gates: [{ check: 'wanted' }] }, { to: 100 }],
          retire: { after: 'immediately', candidate: 'retire' },
          limits: { poll: '20ms' },
        },
        requestedBy: 'e2e',
      });
      load.expectEither();
      const end = (await release.until('release-finished'))?.end;
      if (end === 'promoted' && isWanted) promoted += 1;
      else if (end === 'rolled-back' && !isWanted) rolledBack += 1;
      else unexpected.push(`${number}: ${(await release.explain()).sentence}`);
      serving = isWanted ? otherSlot(serving) : serving;
      load.expect(serving);
      await load.more(100);
    }
  } finally {
    await releaser.close();
    await load.stop();
  }
  return { ...(await load.stop()), releases: options.releases, promoted, rolledBack, unexpected };
}

function environmentOf({ backends }: Site) {
  return functionEnvironment({
    urls: backends.urls,
    deploy: ({ slot, version }) => backends.deploy(slot, version),
    retire: ({ slot }) => backends.retire(slot),
  });
}

async function servingSlot({ traffic }: Site): Promise<Slot> {
  const { routing } = await traffic.observe({ signal: AbortSignal.timeout(5_000) });
  if (routing.kind !== 'split') throw new Error(`routing is ${routing.kind}`);
  return routing.target.weights.blue === 100 ? 'blue' : 'green';
}
