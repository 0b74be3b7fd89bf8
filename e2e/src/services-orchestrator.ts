import { appendFileSync } from 'node:fs';
import { BluegreenError, isBluegreenError, metricSource, type TrafficAdapter } from '@bluegreen/contract';
import { createReleaser, definePolicy, fileJournal, functionEnvironment } from '@bluegreen/core';
import { nginxTraffic } from '@bluegreen/nginx';
import { dependencies, type FleetService, versionAt } from './services/fleet.js';
import { boundedJournal, boundedService } from './stage/boundaries.js';
import { deployScript } from './stage/deploy-script.js';

/** What the parent tells this process, as JSON in its first argument. */
export interface FleetTask {
  readonly journal: string;
  readonly services: Readonly<Record<string, FleetService>>;
  readonly releaseId: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The check of this name does not pass for a version that begins with `unloved`; `''`: each passes. */
  readonly failingCheck: string;
  /** Refuses to send this much, and no less, to the candidate of a service; for good. */
  readonly refusedRoute: { readonly service: string; readonly percent: number } | null;
  /** Kills itself with SIGKILL at this boundary; 0: never. */
  readonly killAt: number;
  readonly boundaryLog: string;
}

const policy = definePolicy({
  analyses: { errors: { kind: 'threshold', maxRate: 0.05, window: '1s', minSamples: 10, every: '100ms' } },
  // Five real processes start on few cores: a loaded machine must not make a good version look dead.
  prepare: { readyWithin: '12s' },
  verify: { gates: [{ check: 'verified' }] },
  shift: [{ to: 10 }, { to: 50, hold: '1s', gates: [{ check: 'halfway' }] }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '200ms', gates: [{ check: 'baked' }] },
  retire: { after: 'immediately', candidate: 'retire' },
  limits: { poll: '50ms', call: '5s' },
});

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2]!) as FleetTask;
  const startedAt = performance.now();
  let count = 0;
  const boundary = (name: string): void => {
    count++;
    if (task.boundaryLog !== '') appendFileSync(task.boundaryLog, `${count} ${name}\n`);
    if (count === task.killAt) process.kill(process.pid, 'SIGKILL');
  };
  const check =
    (name: string) => (run: { readonly services: Readonly<Record<string, { readonly version: string }>> }) =>
      task.failingCheck !== name || Object.values(run.services).every(({ version }) => !version.startsWith('unloved'));
  const releaser = createReleaser({
    services: servicesOf(task, boundary),
    journal: boundedJournal(fileJournal(task.journal), boundary),
    leaseTtlMs: 2_000,
    metrics: errorsByVersion(task),
    checks: { verified: check('verified'), halfway: check('halfway'), baked: check('baked') },
  });
  process.stdout.write('started\n');
  await releaser.recover();
  try {
    await releaser.start({ id: task.releaseId, versions: task.versions, policy, requestedBy: 'e2e' });
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
  }
  const release = await releaser.get(task.releaseId);
  for await (const event of release) {
    if (event.type !== 'release-finished') continue;
    const { sentence } = await release.explain();
    const report = { end: event.end, sentence, tookMs: performance.now() - startedAt };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  await releaser.close();
}

function servicesOf(task: FleetTask, boundary: (name: string) => void) {
  const entries = Object.entries(task.services).map(([name, { nginx, urls, controlUrl }]) => {
    const traffic = refusing(task, name, nginxTraffic(nginx));
    const environment = functionEnvironment({ urls, ...deployScript(controlUrl) });
    const service = boundedService({ traffic, environment }, (place) => boundary(`${name}: ${place}`));
    return [name, { ...service, dependsOn: dependencies[name]! }];
  });
  return Object.fromEntries(entries);
}

function refusing({ refusedRoute }: FleetTask, name: string, traffic: TrafficAdapter): TrafficAdapter {
  if (refusedRoute === null || refusedRoute.service !== name) return traffic;
  return {
    ...traffic,
    async route(target, expected, call) {
      if (target.candidate !== null && target.weights[target.candidate] === refusedRoute.percent) {
        const entry = { message: 'The router refuses.', hint: 'None.', reaction: 'permanent' } as const;
        throw new BluegreenError('nginx/not-permitted', entry);
      }
      await traffic.route(target, expected, call);
    },
  };
}

/** A version that begins with `sick` serves its users well and reports errors: what fails then fails by the release. */
function errorsByVersion({ services }: FleetTask) {
  return metricSource({
    name: 'reported',
    async counts({ service, slot, fromMs, toMs }) {
      const version = await versionAt(services[service]!.urls[slot]);
      if (version === null) return [];
      return [{ fromMs, toMs, requests: 100, errors: version.startsWith('sick') ? 40 : 0 }];
    },
  });
}

await main();
