// Every adapter and journal that the suite proves: one entry each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proveEnvironmentAdapter, proveJournal, proveTrafficAdapter, type TrafficBench } from '@bluegreen/conformance';
import { fileJournal, hostTime, memoryJournal, systemClock } from '@bluegreen/core';
import {
  type ApiEndpoint,
  albEnvironmentBench,
  albTrafficBench,
  notShownBy,
} from '../../../packages/alb/src/alb-conformance.fixture.js';
import { startElbServer } from '../../../packages/alb/src/elb-server.fixture.js';
import {
  nginxHostsBench,
  nginxTrafficBench,
  notShownByReloads,
  notShownOfNginx,
} from '../../../packages/nginx/src/conformance.fixture.js';
import { nginxVersion } from '../../../packages/nginx/src/nginx-server.fixture.js';
import {
  notShownOfEnvironment,
  notShownOfRouter,
  simulatedEnvironmentBench,
  simulatedTrafficBench,
} from '../../../packages/simulator/src/world/conformance.fixture.js';
import { type Proven, resultOf } from './proven.js';
import { provenByTests } from './proven-by-tests.js';

/** Each way in which nginx is switched: what is proven of one says nothing about another. */
function nginx(
  name: string,
  makeBench: () => Promise<TrafficBench>,
  notShown: Readonly<Record<string, string>>,
): Proven {
  return {
    name,
    missing: () => (nginxVersion() === null ? 'nginx is not installed' : null),
    prove: async (options) => resultOf([await proveTrafficAdapter(makeBench, { ...options, notShown })]),
  };
}

const simulated: Proven = {
  name: 'simulated',
  missing: () => null,
  prove: async (options) =>
    resultOf([
      await proveTrafficAdapter(() => simulatedTrafficBench(), { ...options, notShown: notShownOfRouter }),
      await proveEnvironmentAdapter(() => simulatedEnvironmentBench(), { ...options, notShown: notShownOfEnvironment }),
    ]),
};

const alb: Proven = {
  name: 'alb',
  missing: () => null,
  async prove(options) {
    const server = await startElbServer({ checkingMs: 30, secondMs: 4 });
    let sites = 0;
    const api: ApiEndpoint = {
      url: server.url,
      network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] },
      own: server,
      nextName() {
        sites += 1;
        return `shop-${sites}`;
      },
    };
    const { traffic, environment } = notShownBy(api);
    try {
      return resultOf([
        await proveTrafficAdapter(() => albTrafficBench(api), { ...options, notShown: traffic }),
        await proveEnvironmentAdapter(() => albEnvironmentBench(api), { ...options, notShown: environment }),
      ]);
    } finally {
      await server.close();
    }
  },
};

/** Needs a control plane; the benches share a namespace, so they live in the tests of the package. */
function kubernetes(kind: string): Proven {
  return {
    name: `kubernetes-${kind}`,
    missing: () => ((process.env.KUBECONFIG ?? '') === '' ? 'KUBECONFIG is not set' : null),
    prove: async () => provenByTests(`packages/kubernetes/src/${kind}-conformance.kubernetes.test.ts`),
  };
}

const memory: Proven = {
  name: 'memory-journal',
  missing: () => null,
  async prove(options) {
    const makeBench = () => {
      const { clock, advance } = movable();
      const journal = memoryJournal({ clock });
      return { open: () => journal, now: clock.now, advance };
    };
    return resultOf([await proveJournal(makeBench, options)]);
  },
};

const file: Proven = {
  name: 'file-journal',
  missing: () => null,
  async prove(options) {
    const root = mkdtempSync(join(tmpdir(), 'bluegreen-conformance-'));
    let stores = 0;
    const makeBench = () => {
      stores += 1;
      const directory = join(root, String(stores));
      const { clock, advance } = movable();
      const time = { ...hostTime(), now: clock.now, wallMs: clock.now, monotonicMs: clock.now };
      return { open: () => fileJournal(directory, { time }), now: clock.now, advance };
    };
    try {
      return resultOf([await proveJournal(makeBench, options)]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** The system's clock; leases grow old when they are told to. */
function movable() {
  const real = systemClock();
  let nowMs = real.now();
  const clock = { ...real, now: () => nowMs };
  const advance = (durationMs: number) => {
    nowMs += durationMs;
  };
  return { clock, advance };
}

export const adapters: readonly Proven[] = [
  nginx('nginx', () => nginxTrafficBench('switch'), notShownOfNginx),
  nginx('nginx-reload', () => nginxTrafficBench('reload'), notShownByReloads),
  // The one that is read first has the trouble; in the tests of the package it is the other one.
  nginx('nginx-hosts', () => nginxHostsBench('first'), notShownOfNginx),
  simulated,
  kubernetes('service'),
  kubernetes('gateway'),
  kubernetes('deployment'),
  alb,
  memory,
  file,
];
