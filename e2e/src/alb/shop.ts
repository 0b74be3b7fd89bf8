import { createServer, type Server } from 'node:http';
import type { AlbTraffic } from '@bluegreen/alb';
import type { EnvironmentAdapter, Slot } from '@bluegreen/contract';
import type { ApiEndpoint } from '../../../packages/alb/src/alb-conformance.fixture.js';
import { type AlbSite, createSite } from '../../../packages/alb/src/alb-site.fixture.js';
import { type DataPlane, startDataPlane } from '../../../packages/alb/src/elb-data-plane.fixture.js';
import { type FaultProxy, startFaultProxy } from '../../../packages/alb/src/fault-proxy.fixture.js';
import type { OrchestratedShop } from './orchestrated-shop.js';
import { shopAdapters } from './orchestrated-shop.js';

/** A service behind a load balancer, with real machines, adopted by blue which runs v1. */
export interface Shop {
  readonly site: AlbSite;
  readonly proxy: FaultProxy;
  readonly traffic: AlbTraffic;
  readonly environment: EnvironmentAdapter;
  /** What another process needs to make the same adapters. */
  readonly plain: OrchestratedShop;
  /** Where users ask; `null` before an API that routes nothing. */
  readonly users: DataPlane | null;
  close(): Promise<void>;
}

/** Routers of this load balancer follow so long after the API. */
export const propagationMs = 150;

export async function openShop(api: ApiEndpoint): Promise<Shop> {
  const site = await createSite(api.url, api.network, api.nextName());
  const proxy = await startFaultProxy(api.url);
  const machines = { blue: await startMachine('blue'), green: await startMachine('green') };
  const plain: OrchestratedShop = {
    endpoint: proxy.url,
    listenerArn: site.listenerArn,
    testListenerArn: site.testListenerArn,
    targetGroups: site.targetGroups,
    ports: { blue: portOf(machines.blue), green: portOf(machines.green) },
    propagationMs,
  };
  const { traffic, environment } = shopAdapters(plain);
  await traffic.setup({ adopt: 'blue' });
  await environment.converge(
    { slot: 'blue', release: { id: 'before', version: 'v1' }, atLeast: 1, autoscaling: 'free', workers: 'idle' },
    {
      signal: AbortSignal.timeout(30_000),
      idempotencyKey: 'before',
      fence: { epoch: 0, sequence: 1 },
      confirm: async () => {},
    },
  );
  const users = api.own === null ? null : await startDataPlane(api.own.world, site.listenerArn, { propagationMs });
  return {
    site,
    proxy,
    traffic,
    environment,
    plain,
    users,
    async close() {
      await users?.close();
      await proxy.close();
      for (const machine of Object.values(machines)) {
        machine.closeAllConnections();
        machine.close();
      }
    },
  };
}

async function startMachine(slot: Slot): Promise<Server> {
  const server = createServer((_, response) => response.setHeader('x-slot', slot).end(slot));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}
