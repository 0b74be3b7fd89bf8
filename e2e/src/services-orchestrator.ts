import { BluegreenError, metricSource, type TrafficAdapter } from '@bluegreen/contract';
import { definePolicy, functionEnvironment, type Service } from '@bluegreen/core';
import { nginxTraffic } from '@bluegreen/nginx';
import { dependencies, type FleetService, versionAt } from './services/fleet.js';
import { deployScript } from './stage/deploy-script.js';
import { type OrchestratorTask, orchestrate, readTask } from './stage/orchestrate.js';

/** Five services behind one nginx, and what goes wrong. */
export interface FleetTask extends OrchestratorTask {
  readonly services: Readonly<Record<string, FleetService>>;
  /** Only where a version never becomes ready: a good one has all the time that a loaded machine needs to start it. */
  readonly readyWithin: '1s' | null;
  /** The check of this name does not pass for a version that begins with `unloved`; `''`: each passes. */
  readonly failingCheck: string;
  /** Refuses to send this much, and no less, to the candidate of a service; for good. */
  readonly refusedRoute: { readonly service: string; readonly percent: number } | null;
}

const policyOf = ({ readyWithin }: FleetTask) =>
  definePolicy({
    analyses: { errors: { kind: 'threshold', maxRate: 0.05, window: '1s', minSamples: 10, every: '100ms' } },
    ...(readyWithin === null ? {} : { prepare: { readyWithin } }),
    verify: { gates: [{ check: 'verified' }] },
    shift: [{ to: 10 }, { to: 50, hold: '1s', gates: [{ check: 'halfway' }] }, { to: 100 }],
    guardrails: ['errors'],
    bake: { for: '200ms', gates: [{ check: 'baked' }] },
    retire: { after: 'immediately', candidate: 'retire' },
    limits: { poll: '100ms', call: '5s' },
  });

function servicesOf(task: FleetTask): Readonly<Record<string, Service>> {
  const entries = Object.entries(task.services).map(([name, { nginx, urls, controlUrl }]) => {
    const traffic = refusing(task, name, nginxTraffic(nginx));
    const environment = functionEnvironment({ urls, ...deployScript(controlUrl) });
    return [name, { traffic, environment, dependsOn: dependencies[name]! }];
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

const task = readTask<FleetTask>();

const check = (name: string) => (run: { readonly services: Readonly<Record<string, { readonly version: string }>> }) =>
  task.failingCheck !== name || Object.values(run.services).every(({ version }) => !version.startsWith('unloved'));

await orchestrate(task, () => ({
  services: servicesOf(task),
  policy: policyOf(task),
  metrics: errorsByVersion(task),
  checks: { verified: check('verified'), halfway: check('halfway'), baked: check('baked') },
}));
