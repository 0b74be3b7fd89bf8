import {
  DeregisterTargetsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  RegisterTargetsCommand,
  type TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type Clock,
  type ConvergeCall,
  compareFences,
  type Deployment,
  type EnvironmentTarget,
  type Fence,
  isBluegreenError,
  printStamp,
} from '@bluegreen/contract';
import type { AlbClients } from './clients.js';
import type { EnvironmentSettings } from './environment-settings.js';
import { fail, fromAws } from './failure.js';
import { readTargets } from './health.js';
import type { AlbTarget } from './options.js';
import { requireSingleAttempts } from './send-writes.js';
import { clearTags, readTags, type SlotTags, writeTags } from './slot-tags.js';

/** Longer than the load balancer's own bookkeeping takes after the delay of a group. */
const drainMarginMs = 60_000;

/**
 * Brings a slot to its target. The stamp of the owner is stored first; what is irreversible (a deployment over a
 * version, deregistering, ending machines) waits for `confirm()` each time.
 */
export async function converge(
  settings: EnvironmentSettings,
  target: EnvironmentTarget,
  call: ConvergeCall,
): Promise<void> {
  const { clients } = settings;
  const groupArn = settings.targetGroups[target.slot];
  if (call.signal.aborted) throw fail('alb/aborted', { reaction: 'retry' });
  await requireSingleAttempts(clients);
  const tags = await readTags(clients, groupArn, call.signal);
  admitFence(tags.fence, call.fence);
  const { release } = target;
  const isThere = release === 'unchanged' || (release !== null && tags.deployed?.releaseId === release.id);
  if (tags.fence === null || compareFences(call.fence, tags.fence) > 0) {
    await writeTags(clients, groupArn, { fence: call.fence, deployed: null }, call.signal);
  }
  if (isThere) return;
  if (release === null) await retire(settings, target, call);
  else await deploy(settings, target, release, call);
}

function admitFence(stored: Fence | null, given: Fence): void {
  if (stored === null) return;
  const detail = `${printStamp(stored)} is stored, ${printStamp(given)} came`;
  if (given.epoch < stored.epoch) throw fail('alb/newer-owner', { detail });
  if (compareFences(given, stored) < 0) throw fail('alb/sequence-behind', { detail });
}

/** The tags come last: only they say that the whole deployment is registered. */
async function deploy(
  settings: EnvironmentSettings,
  { slot, atLeast }: EnvironmentTarget,
  { id: releaseId, version, parameters = {} }: Deployment,
  { confirm, signal, idempotencyKey, fence }: ConvergeCall,
): Promise<void> {
  const { clients } = settings;
  const groupArn = settings.targetGroups[slot];
  await confirm();
  const named = await settings.deploy({ slot, version, releaseId, parameters, atLeast, idempotencyKey, signal });
  const wanted = await keysOf(settings, groupArn, named, signal);
  const asked = { request: 'RegisterTargets', kind: 'write', signal } as const;
  await clients.write
    .send(new RegisterTargetsCommand({ TargetGroupArn: groupArn, Targets: named.map(printTarget) }), {
      abortSignal: signal,
    })
    .catch((error) => {
      throw fromAws(error, asked);
    });
  const old = (await targetsOf(settings, groupArn, signal)).filter((each) => !wanted.has(`${each.Id}:${each.Port}`));
  if (old.length > 0) {
    await confirm();
    await deregister(settings, groupArn, old, signal);
  }
  const deployed: SlotTags['deployed'] = { version, releaseId, targets: wanted.size };
  await writeTags(clients, groupArn, { fence, deployed }, signal);
}

/** The keys of what shall be registered. A target without a port gets the one of the group. */
async function keysOf(
  { clients }: EnvironmentSettings,
  groupArn: string,
  named: readonly AlbTarget[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (named.length === 0) throw fail('alb/deploy-named-nothing', { detail: 'an empty list' });
  const port = named.every((target) => target.port !== undefined) ? 0 : await portOf(clients, groupArn, signal);
  const keys = named.map((target) => `${target.id}:${target.port ?? port}`);
  if (new Set(keys).size < keys.length) throw fail('alb/deploy-named-nothing', { detail: 'a target is there twice' });
  return new Set(keys);
}

async function retire(
  settings: EnvironmentSettings,
  { slot }: EnvironmentTarget,
  { confirm, signal, idempotencyKey }: ConvergeCall,
): Promise<void> {
  const groupArn = settings.targetGroups[slot];
  await unlessGone(async () => {
    const targets = await targetsOf(settings, groupArn, signal);
    if (targets.length > 0) {
      await confirm();
      await deregister(settings, groupArn, targets, signal);
    }
    await drained(settings, groupArn, signal);
  });
  await confirm();
  await settings.retire({ slot, idempotencyKey, signal });
  await unlessGone(() => clearTags(settings.clients, groupArn, signal));
}

/** A target group that does not exist any more has nothing left to retire. */
async function unlessGone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'alb/not-found') throw error;
  }
}

async function targetsOf(
  { clients }: EnvironmentSettings,
  groupArn: string,
  signal: AbortSignal,
): Promise<TargetDescription[]> {
  const { registered } = await readTargets(clients, groupArn, signal);
  return registered.flatMap(({ Target }) => (Target === undefined ? [] : [Target]));
}

async function deregister(
  { clients }: EnvironmentSettings,
  groupArn: string,
  targets: readonly TargetDescription[],
  signal: AbortSignal,
): Promise<void> {
  const command = new DeregisterTargetsCommand({ TargetGroupArn: groupArn, Targets: [...targets] });
  await clients.write.send(command, { abortSignal: signal }).catch((error) => {
    throw fromAws(error, { request: 'DeregisterTargets', kind: 'write', signal });
  });
}

/**
 * Waits until no target of the group is left. That a deregistration was accepted says nothing, it is accepted for
 * targets that never were there; a read that fails says nothing either, and only the time limits it.
 */
async function drained(settings: EnvironmentSettings, groupArn: string, signal: AbortSignal): Promise<void> {
  const { clock } = settings;
  const deadline = clock.now() + (await deregistrationDelayMs(settings, groupArn, signal)) + drainMarginMs;
  for (;;) {
    const left = await leftIn(settings, groupArn, signal);
    if (left === 0) return;
    if (clock.now() >= deadline) throw fail('alb/drain-overdue', { detail: `${left ?? 'an unknown number'} left` });
    await pause(clock, settings.drainPollMs, signal);
  }
}

async function leftIn(settings: EnvironmentSettings, groupArn: string, signal: AbortSignal): Promise<number | null> {
  try {
    const { registered, draining } = await readTargets(settings.clients, groupArn, signal);
    return registered.length + draining;
  } catch (error) {
    if (!isBluegreenError(error) || error.reaction !== 'retry' || signal.aborted) throw error;
    return null;
  }
}

/** The delay that the group itself has, so that a longer one is not taken for a hang. */
async function deregistrationDelayMs(
  { clients }: EnvironmentSettings,
  groupArn: string,
  signal: AbortSignal,
): Promise<number> {
  const command = new DescribeTargetGroupAttributesCommand({ TargetGroupArn: groupArn });
  const { Attributes } = await clients.read.send(command, { abortSignal: signal }).catch((error) => {
    throw fromAws(error, { request: 'DescribeTargetGroupAttributes', kind: 'read', signal });
  });
  const found = Attributes?.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds');
  return Number(found?.Value ?? 300) * 1_000;
}

async function portOf({ read }: AlbClients, groupArn: string, signal: AbortSignal): Promise<number> {
  const command = new DescribeTargetGroupsCommand({ TargetGroupArns: [groupArn] });
  const { TargetGroups } = await read.send(command, { abortSignal: signal }).catch((error) => {
    throw fromAws(error, { request: 'DescribeTargetGroups', kind: 'read', signal });
  });
  return TargetGroups?.[0]?.Port ?? 0;
}

function printTarget({ id, port, availabilityZone }: AlbTarget): TargetDescription {
  return {
    Id: id,
    ...(port === undefined ? {} : { Port: port }),
    ...(availabilityZone === undefined ? {} : { AvailabilityZone: availabilityZone }),
  };
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clock.clearTimeout(timer);
      reject(fail('alb/aborted', { detail: 'while targets drained' }));
    };
    const timer = clock.setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, delayMs);
    signal.addEventListener('abort', stop, { once: true });
  });
}
