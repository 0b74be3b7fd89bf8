import { DescribeTargetHealthCommand, type TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isBluegreenError, type Slot, slots, type TrafficObservation } from '@bluegreen/contract';
import type { AlbClients } from './clients.js';
import { fail, fromAws } from './failure.js';
import type { AlbTargetGroups } from './options.js';

export interface GroupHealth {
  readonly healthy: number;
  /** Registered and not on their way out. */
  readonly total: number;
  readonly draining: number;
  /** Why not all are healthy, as the load balancer says it. */
  readonly why: string | null;
}

/** The targets of a group, and those on their way out, whatever their health. */
export interface GroupTargets {
  readonly registered: readonly TargetHealthDescription[];
  readonly draining: number;
}

/** Reads which targets are registered. */
export async function readTargets(clients: AlbClients, groupArn: string, signal: AbortSignal): Promise<GroupTargets> {
  const command = new DescribeTargetHealthCommand({ TargetGroupArn: groupArn });
  const answer = await clients.read.send(command, { abortSignal: signal }).catch((error) => {
    throw fromAws(error, { request: 'DescribeTargetHealth', kind: 'read', signal });
  });
  const shown = answer.TargetHealthDescriptions ?? [];
  const staying = shown.filter((each) => !leaving.includes(stateOf(each)));
  return {
    // What is not registered any more may be shown for a while; it is no target.
    registered: staying.filter(({ TargetHealth }) => TargetHealth?.Reason !== 'Target.NotRegistered'),
    draining: shown.length - staying.length,
  };
}

const leaving = ['draining', 'unhealthy.draining'];

function stateOf({ TargetHealth }: TargetHealthDescription): string {
  return TargetHealth?.State ?? 'unavailable';
}

/**
 * The targets of a group as the load balancer sees them: only `healthy` is healthy.
 * @throws `alb/health-unknown` where it does not know, which is neither good nor bad.
 */
export async function readGroup(clients: AlbClients, groupArn: string, signal: AbortSignal): Promise<GroupHealth> {
  const { registered, draining } = await readTargets(clients, groupArn, signal);
  const unknown = registered.find((each) => stateOf(each) === 'unavailable');
  if (unknown !== undefined) throw fail('alb/health-unknown', { detail: reasonOf(unknown) });
  const sick = registered.find((each) => stateOf(each) !== 'healthy');
  return {
    healthy: registered.filter((each) => stateOf(each) === 'healthy').length,
    total: registered.length,
    draining,
    why: sick === undefined ? null : reasonOf(sick),
  };
}

function reasonOf({ Target, TargetHealth }: TargetHealthDescription): string {
  const { State, Reason, Description } = TargetHealth ?? {};
  const said = [State, Reason, Description].filter((part) => part !== undefined && part !== '').join(', ');
  return `${Target?.Id}:${Target?.Port}: ${said}`;
}

/** Both groups; `null` for one that can't be read now. */
export async function readHealth(
  clients: AlbClients,
  groups: AlbTargetGroups,
  signal: AbortSignal,
): Promise<Readonly<Record<Slot, GroupHealth | null>>> {
  const [blue, green] = await Promise.all(slots.map((slot) => readOrNull(clients, groups[slot], signal)));
  return { blue: blue ?? null, green: green ?? null };
}

/** Unknown health must not keep anybody from reading the routing: a rollback needs that, and not this. */
async function readOrNull(clients: AlbClients, groupArn: string, signal: AbortSignal): Promise<GroupHealth | null> {
  try {
    return await readGroup(clients, groupArn, signal);
  } catch (error) {
    if (signal.aborted || !isBluegreenError(error)) throw error;
    return null;
  }
}

/** As an observation has it; nothing where one side is unknown. */
export function observedHealth({
  blue,
  green,
}: Readonly<Record<Slot, GroupHealth | null>>): Pick<TrafficObservation, 'health'> {
  if (blue === null || green === null) return {};
  const counts = ({ healthy, total }: GroupHealth) => ({ healthy, total });
  return { health: { blue: counts(blue), green: counts(green) } };
}
