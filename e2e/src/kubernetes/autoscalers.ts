import type { TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import type { SiteOptions } from './adapters.js';
import { AutoscalerWatcher } from './autoscaler-watcher.js';
import { crashAtBoundaries, wrongEnd } from './crashes.js';
import { withJournal } from './journal-directory.js';
import { policyFor } from './policies.js';
import { openRun, type Run } from './runs.js';
import { makeSite } from './site.js';

export interface AutoscalerFigures {
  readonly points: number;
  readonly converged: number;
  readonly freezes: number;
  /** Changes of a router; at each of them both autoscalers have to be frozen. */
  readonly shifts: number;
  readonly problems: readonly string[];
}

const said = { by: 'sre', reason: 'e2e' };

/** Each path that a release can take; answers what is wrong at its end. */
const paths: Readonly<
  Record<string, (namespace: TestNamespace, site: SiteOptions, run: Run) => Promise<string | null>>
> = {
  'is promoted': async (namespace, site, run) => {
    const { end, sentence } = await run.release('v2');
    return wrongEnd(namespace, { site, version: 'v2' }, end, sentence);
  },
  'is rolled back before anything moved': async (namespace, site, run) => {
    const { end, sentence } = await run.release('unwanted-0', { verify: { gates: [{ check: 'wanted' }] } });
    return wrongEnd(namespace, { site, version: 'unwanted-0' }, end, sentence);
  },
  'is rolled back after the cutover': async (namespace, site, run) => {
    const { end, sentence } = await run.release('unwanted-1');
    return wrongEnd(namespace, { site, version: 'unwanted-1' }, end, sentence);
  },
  'is rolled back by a person in the middle of its shift': async (namespace, site, run) => {
    const shift = site.router === 'service' ? [{ to: 100, hold: '1h' } as const] : halfway;
    const version = 'unwanted-2';
    const policy = policyFor(site, { shift });
    const release = await run.releaser.start({ versions: { web: version }, policy, requestedBy: 'e2e' });
    const last = shift.length === 1 ? 100 : 50;
    for await (const event of release) if (event.type === 'step-entered' && event.percent === last) break;
    await run.releaser.rollback(release.id, said);
    const { end } = (await release.until('release-finished'))!;
    return wrongEnd(namespace, { site, version }, end, (await release.explain()).sentence);
  },
};

const halfway = [{ to: 10 }, { to: 50, hold: '1h' }, { to: 100 }] as const;

/**
 * Releases of slots with autoscalers, under a policy that freezes them: on every path both stand still whenever the
 * router changes and have their own limits at the end, also when the process is killed in between. A watcher of its own
 * sees every version of them.
 */
export async function freezeAutoscalers(
  namespace: TestNamespace,
  { most, note }: { readonly most: number; readonly note: (text: string) => void },
): Promise<AutoscalerFigures> {
  const sum = { points: 0, converged: 0, freezes: 0, shifts: 0, problems: [] as string[] };
  const watcher = new AutoscalerWatcher(namespace.kubeConfig, namespace.name);
  await watcher.start();
  const check = async (app: string, atLeast: number): Promise<void> => {
    // The watch may be a moment behind what the release has seen.
    const isRight = async () => watcher.problemsOf(app).length === 0 && watcher.shifts(app) >= atLeast;
    await namespace.until(app, isRight, 5_000).catch(() => undefined);
    sum.problems.push(...watcher.problemsOf(app));
    if (watcher.shifts(app) < atLeast)
      sum.problems.push(`${app}: ${watcher.shifts(app)} changes of its router were seen`);
    if (watcher.freezes(app) === 0) sum.problems.push(`${app}: nothing was ever frozen`);
    sum.freezes += watcher.freezes(app);
    sum.shifts += watcher.shifts(app);
  };
  const alongPaths = async (router: SiteOptions['router']): Promise<void> => {
    const site = await makeSite(namespace, `scaled-${router}`, router, { isAutoscaled: true });
    await withJournal(async (journal) => {
      const run = openRun(namespace.kubeConfig, site, journal);
      for (const [name, path] of Object.entries(paths)) {
        sum.points += 1;
        const problem = await path(namespace, site, run);
        if (problem === null) sum.converged += 1;
        else sum.problems.push(`${site.app} ${name}: ${problem}`);
        await check(site.app, 0);
        note(`autoscalers: ${router} ${name}`);
      }
      await run.close();
    });
  };
  const underKills = async (kind: string, versions: (count: number) => string): Promise<void> => {
    const site = await makeSite(namespace, `scaled-${kind}`, 'service', { isAutoscaled: true });
    const { points, converged, problems } = await crashAtBoundaries(namespace, site, { versions, most });
    sum.points += points;
    sum.converged += converged;
    sum.problems.push(...problems);
    await check(site.app, points);
    note(`autoscalers: every kill of ${kind}`);
  };
  try {
    await Promise.all([
      alongPaths('service'),
      alongPaths('gateway'),
      underKills('kept', (count) => `v${count + 1}`),
      underKills('returned', (count) => `unwanted-${count}`),
    ]);
  } finally {
    watcher.stop();
  }
  return { ...sum, problems: [...new Set(sum.problems)] };
}
