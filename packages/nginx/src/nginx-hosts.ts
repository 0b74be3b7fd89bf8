import {
  type Clock,
  compareFences,
  type Drain,
  type Finding,
  isBluegreenError,
  pauseFor,
  type ReadCall,
  type Routing,
  type Slot,
  sameTarget,
  slots,
  systemClock,
  type TrafficAdapter,
  type TrafficCapabilities,
  type TrafficObservation,
  type TrafficTarget,
  type WriteCall,
} from '@bluegreen/contract';
import { fail } from './failure.js';

/** Several nginx hosts that serve one service, each through an adapter of its own. */
export interface NginxHostsOptions {
  /** Names what all of them are together: the key of their lease. */
  readonly resource: string;
  /**
   * By name of the host. Each adapter writes files of the host that it is for, so for another machine it is one of your
   * own that calls an agent there; `nginxTraffic` is what that agent uses. All have the same upstreams and salt.
   */
  readonly hosts: Readonly<Record<string, TrafficAdapter>>;
  /** Times the wait for a write that is under way. Default: the system's. */
  readonly clock?: Clock;
}

type Hosts = readonly (readonly [string, TrafficAdapter])[];

/**
 * The traffic of one service behind several nginx hosts, as one router.
 *
 * A target is reached when every host confirms it. While hosts differ, the one with the oldest stamp is what `observe`
 * shows, and `afterRestart` is `foreign`, so no slot is retired. A host that cannot be read makes `observe` fail with
 * `nginx/host-unreachable`: it is never counted as reached. A write goes to every host whatever happens to another one.
 * @throws `nginx/options-invalid` without a host, or when two are the same.
 */
export function nginxHosts({ resource, hosts: given, clock = systemClock() }: NginxHostsOptions): TrafficAdapter {
  const hosts = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
  if (hosts.length === 0) throw fail('nginx/options-invalid', { detail: 'hosts: name at least one' });
  if (new Set(hosts.map(([, adapter]) => adapter)).size < hosts.length) {
    throw fail('nginx/options-invalid', { detail: 'hosts: two of them are the same adapter' });
  }
  return {
    contractVersion: 1,
    name: 'nginx-hosts',
    resource,
    capabilities: weakestOf(hosts.map(([, { capabilities }]) => capabilities)),
    preflight: async (needs, call) => {
      const found = await Promise.all(
        hosts.map(async ([name, host]) => named(name, (await host.preflight?.(needs, call)) ?? [])),
      );
      return found.flat();
    },
    observe: (call) => observeSteady(hosts, call, clock),
    route: (target, expected, call) => routeAll(hosts, target, expected.revision, call),
    async dispose() {
      await Promise.all(hosts.map(([, host]) => host.dispose?.()));
    },
  };
}

function named(name: string, findings: readonly Finding[]): readonly Finding[] {
  return findings.map((each) => ({ ...each, message: `${name}: ${each.message}` }));
}

/** What each of them can do. */
function weakestOf(all: readonly TrafficCapabilities[]): TrafficCapabilities {
  const [first] = all as [TrafficCapabilities];
  const most = (of: (each: TrafficCapabilities) => number) => Math.max(...all.map(of));
  const common = <T>(of: (each: TrafficCapabilities) => readonly T[]) =>
    of(first).filter((value) => all.every((each) => of(each).includes(value)));
  const order = ['none', 'checked', 'enforced'] as const;
  return {
    weightStepPercent: most(({ weightStepPercent }) => weightStepPercent),
    weightErrorPercent: most(({ weightErrorPercent }) => weightErrorPercent),
    splitUnit: all.every(({ splitUnit }) => splitUnit === 'request') ? 'request' : 'connection',
    fencing: order.find((kind) => all.some(({ fencing }) => fencing === kind)) ?? 'none',
    remembers: common(({ remembers }) => remembers),
    propagationMs: most(({ propagationMs }) => propagationMs),
    lateWriteMs: most(({ lateWriteMs }) => lateWriteMs),
    audiences: common(({ audiences }) => audiences),
    cohorts: common(({ cohorts }) => cohorts),
    mirror: all.every(({ mirror }) => mirror),
    preview: all.every(({ preview }) => preview),
  };
}

/** In the middle of a write the hosts differ for a moment; one that lasts longer has died, and then that is shown. */
const longestWriteMs = 2_000;
const lookEveryMs = 25;

async function observeSteady(hosts: Hosts, call: ReadCall, clock: Clock): Promise<TrafficObservation> {
  const deadline = clock.now() + longestWriteMs;
  while (true) {
    const { observation, areSame } = await observeAll(hosts, call);
    if (areSame || clock.now() >= deadline) return observation;
    await pauseFor(clock, lookEveryMs, call.signal);
    if (call.signal.aborted) throw fail('nginx/aborted', { cause: call.signal.reason });
  }
}

async function observeAll(
  hosts: Hosts,
  call: ReadCall,
): Promise<{ readonly observation: TrafficObservation; readonly areSame: boolean }> {
  const reads = await Promise.allSettled(hosts.map(([, host]) => host.observe(call)));
  const down = hosts.flatMap(([name], at) => {
    const read = reads[at]!;
    return read.status === 'rejected' ? [`${name}: ${(read.reason as Error).message}`] : [];
  });
  if (down.length > 0) throw fail('nginx/host-unreachable', { detail: down.join('; ') });
  const seen = reads.map((read) => (read as PromiseFulfilledResult<TrafficObservation>).value);
  const foreign = seen.findIndex(({ routing }) => routing.kind === 'foreign');
  const oldest = foreign >= 0 ? seen[foreign]! : seen.reduce((a, b) => (isOlder(b, a) ? b : a));
  const areSame = seen.every((each) => !isOlder(oldest, each) && sameRouting(each.routing, oldest.routing));
  const differing: Routing = { kind: 'foreign', summary: `nginx/hosts-differ: ${describe(hosts, seen)}` };
  const proof = proofOf(seen);
  const drain = drainOf(seen);
  const observation: TrafficObservation = {
    routing: foreign >= 0 ? inHost(hosts[foreign]![0], oldest.routing) : oldest.routing,
    revision: seen.map(({ revision }) => revision).join('|'),
    ...(oldest.fence === undefined ? {} : { fence: oldest.fence }),
    proof: areSame ? proof : 'accepted',
    afterRestart: areSame ? restartOf(seen, differing) : differing,
    ...(drain === null || !areSame ? {} : { drain }),
  };
  // An edit of one host is no write under way, and is shown at once.
  return { observation, areSame: areSame || foreign >= 0 };
}

function inHost(name: string, routing: Routing): Routing {
  return routing.kind === 'foreign' ? { kind: 'foreign', summary: `${name}: ${routing.summary}` } : routing;
}

function isOlder(a: TrafficObservation, b: TrafficObservation): boolean {
  if (a.fence === undefined || b.fence === undefined) return a.fence === undefined && b.fence !== undefined;
  return compareFences(a.fence, b.fence) < 0;
}

function sameRouting(a: Routing, b: Routing): boolean {
  if (a.kind === 'split' && b.kind === 'split') return sameTarget(a.target, b.target);
  return a.kind === 'unrouted' && b.kind === 'unrouted';
}

function describe(hosts: Hosts, seen: readonly TrafficObservation[]): string {
  const share = ({ routing }: TrafficObservation) =>
    routing.kind === 'split' ? `${routing.target.weights.blue}/${routing.target.weights.green}` : routing.kind;
  return hosts.map(([name], at) => `${name} ${share(seen[at]!)}`).join(', ');
}

function restartOf(seen: readonly TrafficObservation[], differing: Routing): Routing {
  const after = seen.map(({ routing, afterRestart }) => afterRestart ?? routing);
  const bad = after.find(({ kind }) => kind === 'foreign');
  return bad ?? (after.every((each) => sameRouting(each, after[0]!)) ? after[0]! : differing);
}

function proofOf(seen: readonly TrafficObservation[]): 'accepted' | 'sampled' | 'proven' {
  if (seen.some(({ proof }) => proof === undefined || proof === 'accepted')) return 'accepted';
  return seen.every(({ proof }) => proof === 'proven') ? 'proven' : 'sampled';
}

/** Over when it is over on each; unknown where one does not know. */
function drainOf(seen: readonly TrafficObservation[]): Readonly<Record<Slot, Drain>> | null {
  const drains = seen.flatMap(({ drain }) => (drain === undefined ? [] : [drain]));
  if (drains.length < seen.length) return null;
  const joined = slots.map((slot) => [slot, joinDrains(drains.map((each) => each[slot]))] as const);
  return joined.some(([, drain]) => drain === null) ? null : (Object.fromEntries(joined) as Record<Slot, Drain>);
}

function joinDrains(all: readonly Drain[]): Drain | null {
  const open = all.reduce((sum, each) => sum + (each.kind === 'counted' ? each.open : 0), 0);
  const bounds = all.flatMap((each) => (each.kind === 'bounded' ? [each.atMostMs] : []));
  if (bounds.length === 0) return { kind: 'counted', open };
  // Requests that were counted on one host have no bound, and a bound on another has no count.
  return open > 0 ? null : { kind: 'bounded', atMostMs: Math.max(...bounds) };
}

/** Every host is written, also when another one fails; what went wrong on one is then told, the worst first. */
async function routeAll(hosts: Hosts, target: TrafficTarget, revision: string, call: WriteCall): Promise<void> {
  const revisions = revision.split('|');
  if (revisions.length !== hosts.length) throw fail('nginx/revision-changed');
  await refuseChanged(hosts, revisions, call);
  const writes = await Promise.allSettled(
    hosts.map(([, host], at) => host.route(target, { revision: revisions[at]! }, call)),
  );
  const failed = hosts.flatMap(([name], at) => {
    const write = writes[at]!;
    return write.status === 'rejected' ? [{ name, error: write.reason as Error }] : [];
  });
  if (failed.length === 0) return;
  const fenced = failed.find(({ error }) => isBluegreenError(error) && error.reaction === 'fenced');
  if (fenced !== undefined) throw fenced.error;
  // Where all say the same and none may have been written, what one host says holds for all.
  const reactions = new Set(failed.map(({ error }) => (isBluegreenError(error) ? error.reaction : 'read-back')));
  if (failed.length === hosts.length && reactions.size === 1) throw failed[0]!.error;
  const detail = failed.map(({ name, error }) => `${name}: ${error.message}`).join('; ');
  throw fail('nginx/hosts-differ', { detail, cause: failed[0]!.error });
}

/**
 * What changed on one host keeps the write from all, as far as it can be seen. A host that this very write has reached
 * already did not change by somebody else; one that cannot be read keeps no other one from being written.
 */
async function refuseChanged(hosts: Hosts, revisions: readonly string[], call: WriteCall): Promise<void> {
  const reads = await Promise.allSettled(hosts.map(([, host]) => host.observe(call)));
  reads.forEach((read, at) => {
    if (read.status === 'rejected') return;
    const { revision, fence } = read.value;
    const isOurs = fence !== undefined && compareFences(fence, call.fence) === 0;
    const isNewer = fence !== undefined && fence.epoch > call.fence.epoch;
    if (revision === revisions[at] || isOurs || isNewer) return;
    throw fail('nginx/revision-changed', { detail: hosts[at]![0] });
  });
}
