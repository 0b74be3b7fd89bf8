// The benches of the conformance suite: the adapters before any endpoint of the API, with what only the other side can do.
import { createServer, get, type Server } from 'node:http';
import {
  DeleteListenerCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EnvironmentBench, ProbeRequest, TrafficBench } from '@bluegreen/conformance';
import type { AudienceMatch, Slot } from '@bluegreen/contract';
import { slotAction, splitAction } from './actions.js';
import { albEnvironment } from './alb-environment.js';
import { type AlbSite, clientsOf, createSite, type Network } from './alb-site.fixture.js';
import { albTraffic } from './alb-traffic.js';
import { type DataPlane, startDataPlane } from './elb-data-plane.fixture.js';
import type { ElbServer } from './elb-server.fixture.js';
import { startFaultProxy } from './fault-proxy.fixture.js';
import { fromVendorWeights } from './vendor-weights.js';

/** Where the API is. `own`: the server of ours, which also serves users. */
export interface ApiEndpoint {
  readonly url: string;
  readonly network: Network;
  readonly own: ElbServer | null;
  /** A name for the next site. */
  nextName(): string;
}

const audiences = {
  header: { name: 'testers', match: { header: 'x-testers', equals: 'yes' } },
  cookie: { name: 'friends', match: { cookie: 'friends', equals: 'yes' } },
  'source-range': { name: 'office', match: { sourceRanges: ['192.0.2.0/24'] } },
} as const satisfies NonNullable<TrafficBench['audiences']>;

const secret = 'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY';
const propagationMs = 60;

/** A load balancer whose default action serves blue, with one target per slot. */
export async function albTrafficBench(api: ApiEndpoint): Promise<TrafficBench> {
  const proxy = await startFaultProxy(api.url);
  const site = await createSite(api.url, api.network, api.nextName());
  const servers = { blue: await startSlot('blue'), green: await startSlot('green') };
  await site.register('blue', [{ id: '127.0.0.1', port: portOf(servers.blue) }]);
  await site.register('green', [{ id: '127.0.0.1', port: portOf(servers.green) }]);
  const open = () =>
    albTraffic({
      service: 'shop',
      clients: clientsOf(proxy.url, secret),
      place: { listenerArn: site.listenerArn },
      targetGroups: site.targetGroups,
      preview: { listenerArn: site.testListenerArn },
      audiences: Object.values(audiences).map((audience, index) => ({ ...audience, priority: 10 + index })),
      propagation: `${propagationMs}ms`,
      lateWrite: '200ms',
    });
  await open().setup({ adopt: 'blue' });
  const plane = api.own === null ? null : await startDataPlane(api.own.world, site.listenerArn, { propagationMs });
  return {
    open,
    audiences,
    secrets: [secret],
    harness: {
      loseReply: async () => proxy.loseReply((action) => !action.startsWith('Describe')),
      hang: async () => {
        const release = proxy.hang();
        return async () => release();
      },
      disconnect: async () => {
        const reconnect = proxy.disconnect();
        return async () => reconnect();
      },
      ...behindOf(site),
      ...(plane === null ? {} : servedBy(plane)),
    },
    async close() {
      await proxy.close();
      await plane?.close();
      for (const server of Object.values(servers)) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** What other people do, past the adapter. */
function behindOf(site: AlbSite): NonNullable<TrafficBench['harness']> {
  const { read } = site.clients;
  const rules = async () => (await read.send(new DescribeRulesCommand({ ListenerArn: site.listenerArn }))).Rules!;
  return {
    async editBehind() {
      const weights = fromVendorWeights({ blue: 63, green: 37 })!;
      const DefaultActions = [splitAction(site.targetGroups, weights, null)];
      await read.send(new ModifyListenerCommand({ ListenerArn: site.listenerArn, DefaultActions }));
    },
    async removeBehind() {
      await read.send(new DeleteListenerCommand({ ListenerArn: site.listenerArn }));
    },
    neighbours: async () => JSON.stringify((await rules()).filter(({ RuleArn }) => RuleArn === site.ruleArn)),
    async editNeighbour() {
      const Actions = [slotAction(site.targetGroups, 'green')];
      await read.send(new ModifyRuleCommand({ RuleArn: site.ruleArn, Actions }));
    },
  };
}

function servedBy({ port }: DataPlane): NonNullable<TrafficBench['harness']> {
  const ask = (headers: Record<string, string>): Promise<Slot | null> =>
    new Promise((resolve) => {
      const sent = get({ port, host: '127.0.0.1', path: '/', headers, agent: false }, (answer) => {
        answer.resume();
        const slot = answer.headers['x-slot'];
        answer.once('end', () => resolve(slot === 'blue' || slot === 'green' ? slot : null));
      });
      sent.once('error', () => resolve(null));
    });
  return {
    serve: () => ask({}),
    serveUser: ({ user, match }: ProbeRequest) => ask(headersFor(user, match)),
  };
}

/** The cookie of an audience stands between two others, one of which looks like it. */
function headersFor(user: string, match: AudienceMatch | undefined): Record<string, string> {
  if (match === undefined) return { cookie: `uid=${user}; not-friends=yes; friends=yesterday` };
  if ('header' in match) return { [match.header]: match.equals };
  return 'cookie' in match ? { cookie: `uid=${user}; ${match.cookie}=${match.equals}; last=1` } : {};
}

async function startSlot(slot: Slot): Promise<Server> {
  const server = createServer((_, response) => response.setHeader('x-slot', slot).end(slot));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}

/** Two empty target groups; a deployment names targets of its own each time. */
export async function albEnvironmentBench(api: ApiEndpoint): Promise<EnvironmentBench> {
  const proxy = await startFaultProxy(api.url);
  const site = await createSite(api.url, api.network, api.nextName());
  const { targetGroups, clients } = site;
  await albTraffic({ service: 'shop', clients, place: { listenerArn: site.listenerArn }, targetGroups }).setup();
  let machines = 0;
  const open = () =>
    albEnvironment({
      service: 'shop',
      clients: clientsOf(proxy.url, secret),
      targetGroups,
      async deploy({ atLeast, version }) {
        return Array.from({ length: atLeast }, () => {
          machines += 1;
          // A port of its own: addresses come again at the next site.
          const port = version === 'broken' ? 8081 : 8080;
          const target = { id: `10.1.${machines >> 8}.${machines & 255}`, port };
          if (version === 'broken') api.own?.world.sick.add(`${target.id}:${target.port}`);
          return target;
        });
      },
      async retire() {},
      drainPoll: '20ms',
      lateWrite: '200ms',
    });
  const neighbours = async () =>
    JSON.stringify(
      await clients.read
        .send(new DescribeListenersCommand({ ListenerArns: [site.listenerArn] }))
        .then(({ Listeners }) => Listeners),
    );
  return {
    open,
    versions: { good: ['v1', 'v2'], ...(api.own === null ? {} : { broken: 'broken' }) },
    secrets: [secret],
    harness: {
      // The last request of a deployment is the one that says that it is complete.
      loseReply: async () => proxy.loseReply((action, body) => action === 'AddTags' && body.includes('version')),
      hang: async () => {
        const release = proxy.hang();
        return async () => release();
      },
      disconnect: async () => {
        const reconnect = proxy.disconnect();
        return async () => reconnect();
      },
      neighbours,
      async leftovers(slot) {
        const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroups[slot] });
        const { TargetHealthDescriptions } = await clients.read.send(command);
        return (TargetHealthDescriptions ?? []).map(({ Target }) => `${Target?.Id}:${Target?.Port}`);
      },
    },
    close: () => proxy.close(),
  };
}

const noRouter = 'an emulator of the API routes no request';

/** What can't be shown before an API that routes nothing and whose targets are always healthy. */
export function notShownBy(api: Pick<ApiEndpoint, 'own'>) {
  const restart = { 'traffic-after-restart': 'a load balancer is not restarted by its users' };
  if (api.own !== null) return { traffic: restart, environment: {} };
  const served = ['traffic-proof-honest', 'traffic-share-served', 'traffic-audiences-served'];
  return {
    traffic: { ...restart, ...Object.fromEntries(served.map((rule) => [rule, noRouter])) },
    environment: { 'environment-ready-honest': 'its targets are always healthy' },
  };
}
