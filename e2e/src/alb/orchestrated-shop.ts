import { type AlbClients, type AlbTraffic, albClients, albEnvironment, albTraffic } from '@bluegreen/alb';
import type { EnvironmentAdapter, Slot } from '@bluegreen/contract';
import type { Policy } from '@bluegreen/core';

/** A shop as plain data, so that any process can drive it. */
export interface OrchestratedShop {
  readonly endpoint: string;
  readonly listenerArn: string;
  readonly testListenerArn: string;
  readonly targetGroups: Readonly<Record<Slot, string>>;
  /** Where the machines of each slot listen, on this host. */
  readonly ports: Readonly<Record<Slot, number>>;
  readonly propagationMs: number;
}

/** People first, then shares of everybody; quick, because nobody measures anything here. */
export const policy: Policy<'wanted'> = {
  audiences: { staff: { header: 'x-staff', equals: '1' } },
  shift: [{ audience: 'staff' }, { to: 10 }, { to: 50, gates: [{ check: 'wanted' }] }, { to: 100 }],
  retire: { after: 'immediately', candidate: 'retire' },
  limits: { poll: '50ms', call: '5s', settle: '10s' },
};

/** Both halves. `clients` where somebody watches or breaks the requests. */
export function shopAdapters(
  shop: OrchestratedShop,
  clients: AlbClients = shopClients(shop.endpoint),
): { readonly traffic: AlbTraffic; readonly environment: EnvironmentAdapter } {
  const { listenerArn, testListenerArn, targetGroups, ports, propagationMs } = shop;
  const shared = { service: 'shop', clients, targetGroups, lateWrite: '300ms' } as const;
  return {
    traffic: albTraffic({
      ...shared,
      place: { listenerArn },
      preview: { listenerArn: testListenerArn },
      audiences: [{ name: 'staff', match: { header: 'x-staff', equals: '1' }, priority: 10 }],
      propagation: `${propagationMs}ms`,
      longestRequest: '100ms',
    }),
    environment: albEnvironment({
      ...shared,
      // The machines stay; which version they are is decided by the tags.
      deploy: async ({ slot }) => [{ id: '127.0.0.1', port: ports[slot] }],
      retire: async () => {},
      drainPoll: '30ms',
    }),
  };
}

export function shopClients(endpoint: string): AlbClients {
  return albClients({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  });
}
