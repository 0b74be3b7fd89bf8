import {
  everythingTo,
  type ReadCall,
  type Slot,
  type TrafficTarget,
  type WriteCall,
  weights,
} from '@bluegreen/contract';
import { type AlbSite, createSite } from './alb-site.fixture.js';
import { type AlbTraffic, albTraffic } from './alb-traffic.js';
import { type ElbServer, type ElbServerOptions, startElbServer } from './elb-server.fixture.js';
import type { AlbTrafficOptions } from './options.js';

export interface Bench {
  readonly server: ElbServer;
  readonly site: AlbSite;
  readonly options: AlbTrafficOptions;
  readonly traffic: AlbTraffic;
  /** Names of the requests that changed something since the last time it was asked. */
  writes(): string[];
}

/** A site on a server of our own, with one healthy target per slot, adopted by blue. */
export async function startBench(
  more: Partial<AlbTrafficOptions> & { readonly server?: ElbServerOptions } = {},
): Promise<Bench> {
  const { server: serverOptions, ...given } = more;
  const server = await startElbServer(serverOptions);
  const site = await createSite(server.url, { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] }, 'shop');
  await site.register('blue', [{ id: '10.0.0.1', port: 80 }]);
  await site.register('green', [{ id: '10.0.0.2', port: 80 }]);
  const options: AlbTrafficOptions = {
    service: 'shop',
    clients: site.clients,
    place: { listenerArn: site.listenerArn },
    targetGroups: site.targetGroups,
    preview: { listenerArn: site.testListenerArn },
    audiences: [
      { name: 'beta', match: { cookie: 'beta', equals: 'yes' }, priority: 10 },
      { name: 'office', match: { sourceRanges: ['203.0.113.0/24', '2001:db8::/32'] }, priority: 12 },
      { name: 'staff', match: { header: 'x-staff', equals: '1' }, priority: 11 },
    ],
    ...given,
  };
  const traffic = albTraffic(options);
  await traffic.setup({ adopt: 'blue' });
  let seen = server.calls.length;
  return {
    server,
    site,
    options,
    traffic,
    writes() {
      const names = server.calls.slice(seen).map(({ action }) => action);
      seen = server.calls.length;
      return names.filter((name) => !name.startsWith('Describe'));
    },
  };
}

export function readCall(): ReadCall {
  return { signal: AbortSignal.timeout(10_000) };
}

let sequence = 0;

export function writeCall(signal: AbortSignal = AbortSignal.timeout(10_000)): WriteCall {
  sequence += 1;
  return { signal, idempotencyKey: `write-${sequence}`, fence: { epoch: 1, sequence } };
}

/** As the runner asks for it from this adapter: nothing that it can't remember. */
export function targetOf(greenPercent: number, rest: Partial<TrafficTarget> = {}): TrafficTarget {
  return everythingTo('blue', { weights: weights(greenPercent), fallback: null, ...rest });
}

/** Reads, then writes with what was read as expected. */
export async function shift(traffic: AlbTraffic, target: TrafficTarget): Promise<void> {
  const { revision } = await traffic.observe(readCall());
  await traffic.route(target, { revision }, writeCall());
}

export const both: readonly Slot[] = ['blue', 'green'];
