import { startApiProxy } from '../../../packages/kubernetes/src/api-proxy.fixture.js';
import type { TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import type { SiteOptions } from './adapters.js';
import { wrongEnd } from './crashes.js';
import { withJournal } from './journal-directory.js';
import { isWanted } from './policies.js';
import { openRun } from './runs.js';

export interface WholeFigures {
  releases: number;
  converged: number;
  /** Through a process that was there before, each. */
  requestsPerRelease: number;
  bytesPerRelease: number;
  /** The first release of a process also begins its watches. */
  requestsOfFirst: number;
  releaseP50Ms: number;
  readonly problems: string[];
}

/** Releases one after the other; every third is rolled back after its cutover. */
export function wholeReleases(namespace: TestNamespace, site: SiteOptions, count: number): Promise<WholeFigures> {
  return withJournal((journal) => runAll(namespace, site, count, journal));
}

async function runAll(
  namespace: TestNamespace,
  site: SiteOptions,
  count: number,
  journal: string,
): Promise<WholeFigures> {
  const figures: WholeFigures = {
    releases: 0,
    converged: 0,
    requestsPerRelease: 0,
    bytesPerRelease: 0,
    requestsOfFirst: 0,
    releaseP50Ms: 0,
    problems: [],
  };
  const proxy = await startApiProxy(namespace.kubeConfig);
  const run = openRun(proxy.kubeConfig, site, journal);
  const took: number[] = [];
  let [requests, bytes] = [0, 0];
  try {
    for (let number = 1; number <= count; number += 1) {
      const version = number % 3 === 0 ? `unwanted-${number}` : `v${number + 1}`;
      const before = { ...proxy.counts };
      const { end, sentence, tookMs } = await run.release(version);
      figures.releases += 1;
      const wrong = await wrongEnd(namespace, { site, version }, end, sentence);
      if (wrong === null) figures.converged += 1;
      else figures.problems.push(`${site.app} release ${number}: ${wrong}`);
      if (isWanted(version)) took.push(tookMs);
      const used = proxy.counts.requests - before.requests;
      if (number === 1) figures.requestsOfFirst = used;
      else {
        requests += used;
        bytes += proxy.counts.bytesUp + proxy.counts.bytesDown - before.bytesUp - before.bytesDown;
      }
    }
  } finally {
    await run.close();
    await proxy.close();
  }
  figures.requestsPerRelease = Math.round((requests / Math.max(1, count - 1)) * 10) / 10;
  figures.bytesPerRelease = Math.round(bytes / Math.max(1, count - 1));
  figures.releaseP50Ms = Math.round(took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0);
  return figures;
}
