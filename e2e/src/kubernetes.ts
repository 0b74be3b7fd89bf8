// Whole releases on a real control plane, which KUBECONFIG names: through two Deployments, by the selector of a Service
// and by the weights of an HTTPRoute; promoted and rolled back, with every fault of a proxy at every call, with edits of
// others, with a restart of the API server, and with a kill of the orchestrator at every boundary; the same with autoscalers
// that a policy freezes. A watcher of its own counts over every version of the EndpointSlices. The last line of --json is the result.
// Arguments: --releases 20, --faults 0 (per router; 0: all), --points 0 (boundaries per scenario; 0: all), --json.
// RESTART_APISERVER: a command that kills the API server and starts it again after as many seconds as its argument says.
import { parseArgs } from 'node:util';
import {
  hasControlPlane,
  openNamespace,
  type TestNamespace,
} from '../../packages/kubernetes/src/control-plane.fixture.js';
import { type PlayedController, playController } from '../../packages/kubernetes/src/gateway-controller.fixture.js';
import type { SiteOptions } from './kubernetes/adapters.js';
import { freezeAutoscalers } from './kubernetes/autoscalers.js';
import { crashAtBoundaries } from './kubernetes/crashes.js';
import { EndpointWatcher } from './kubernetes/endpoint-watcher.js';
import { faultsAtEveryCall } from './kubernetes/faults.js';
import { runScenarios } from './kubernetes/scenarios.js';
import { makeSite } from './kubernetes/site.js';
import { SwitchTimes } from './kubernetes/switch-times.js';
import { wholeReleases } from './kubernetes/whole-releases.js';

const routers = ['service', 'gateway'] as const;

interface Sizes {
  readonly releases: number;
  /** Per router; 0: all. */
  readonly faults: number;
  /** Per scenario; 0: all. */
  readonly points: number;
  readonly switches: number;
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      releases: { type: 'string', default: '20' },
      faults: { type: 'string', default: '0' },
      points: { type: 'string', default: '0' },
      switches: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
    },
  });
  if (!hasControlPlane('whole releases on a control plane')) return 1;
  const namespace = await openNamespace();
  const controller = playController(namespace);
  const watcher = new EndpointWatcher(namespace.kubeConfig, namespace.name);
  await watcher.start();
  const { releases, faults, points, switches } = values;
  const sizes = { releases: +releases, faults: +faults, points: +points, switches: +switches };
  try {
    const { problems, ...result } = await runAll(namespace, controller, watcher, sizes);
    for (const problem of problems.slice(0, 40)) process.stderr.write(`${problem}\n`);
    const whole = { ...result, problems: problems.length };
    process.stdout.write(`${values.json ? JSON.stringify(whole) : JSON.stringify(whole, null, 2)}\n`);
    return problems.length === 0 && result.watchedVersions > 0 && result.notShown.length === 0 ? 0 : 1;
  } finally {
    watcher.stop();
    await controller.stop();
    await namespace.close();
  }
}

async function runAll(namespace: TestNamespace, controller: PlayedController, watcher: EndpointWatcher, sizes: Sizes) {
  const note = noter();
  const site = async (app: string, router: SiteOptions['router']): Promise<SiteOptions> => {
    const options = await makeSite(namespace, app, router);
    watcher.guard(app);
    return options;
  };
  const [service, gateway] = await Promise.all(
    routers.map(async (router) => wholeReleases(namespace, await site(`whole-${router}`, router), sizes.releases)),
  );
  note('whole releases are over');
  const switches = new SwitchTimes(watcher, namespace, await site('switched', 'service'));
  const { p50Ms: switchP50Ms, p99Ms: switchP99Ms } = await switches.measure(sizes.switches);
  note('switches are measured');
  const faults = await Promise.all(
    routers.map(async (router) =>
      faultsAtEveryCall(namespace, await site(`faulty-${router}`, router), { most: sizes.faults, note }),
    ),
  );
  note('every fault was met');
  const crashes = await crashEverywhere(namespace, site, sizes.points);
  note('every crash was met');
  const autoscalers = await freezeAutoscalers(namespace, { most: sizes.points, note });
  const { shown, notShown, problems } = await runScenarios(namespace, controller, site, note);
  const { counts } = watcher;
  const met = [...faults, ...crashes, autoscalers];
  return {
    releases: service!.releases + gateway!.releases,
    points: sum(met, ({ points }) => points),
    converged: sum(met, ({ converged }) => converged),
    faultPoints: sum(faults, ({ points }) => points),
    crashPoints: sum(crashes, ({ points }) => points),
    autoscalerPoints: autoscalers.points,
    autoscalerFreezes: autoscalers.freezes,
    autoscalerShifts: autoscalers.shifts,
    scenarios: shown,
    watchedVersions: counts.versions,
    emptyVersions: counts.empty,
    belowCapacityVersions: counts.belowCapacity,
    weightWithoutCapacity: counts.weightWithoutCapacity,
    switchP50Ms,
    switchP99Ms,
    requestsPerRelease: service!.requestsPerRelease,
    requestsPerGatewayRelease: gateway!.requestsPerRelease,
    requestsOfFirstRelease: service!.requestsOfFirst,
    bytesPerRelease: service!.bytesPerRelease,
    releaseP50Ms: service!.releaseP50Ms,
    recoveryMaxMs: Math.max(...crashes.map(({ recoveryMaxMs }) => recoveryMaxMs)),
    notShown,
    problems: [...[service!, gateway!, ...met].flatMap((part) => part.problems), ...problems, ...watcher.problems],
  };
}

/** Both routers, promoted and rolled back, side by side. */
function crashEverywhere(
  namespace: TestNamespace,
  site: (app: string, router: SiteOptions['router']) => Promise<SiteOptions>,
  most: number,
) {
  const kinds = { promoted: (count: number) => `v${count + 1}`, returned: (count: number) => `unwanted-${count}` };
  return Promise.all(
    routers.flatMap((router) =>
      Object.entries(kinds).map(async ([kind, versions]) =>
        crashAtBoundaries(namespace, await site(`${kind}-${router}`, router), { versions, most }),
      ),
    ),
  );
}

function sum<T>(parts: readonly T[], of: (part: T) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}

/** Says on stderr what is over, and when. */
function noter(): (text: string) => void {
  const startedAt = performance.now();
  return (text) => {
    process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${text}\n`);
  };
}

process.exitCode = await main(process.argv.slice(2));
