import {
  type EnvironmentAdapter,
  type EnvironmentObservation,
  environmentCapabilities,
  type Slot,
} from '@bluegreen/contract';
import { converge } from './converge.js';
import { preflightEnvironment } from './environment-preflight.js';
import { type EnvironmentSettings, readEnvironmentOptions } from './environment-settings.js';
import { type GroupHealth, readGroup } from './health.js';
import type { AlbEnvironmentOptions } from './options.js';
import { readTags, type SlotTags } from './slot-tags.js';
import { type Steady, steady } from './steady.js';

/**
 * Two target groups as the slots of a service whose machines your own tool makes: it registers what `deploy()` named,
 * reads health from the load balancer, and drains before `retire()` ends the machines. What runs where stands in tags of
 * the target groups.
 * @throws `alb/options-invalid` when an option cannot be used
 */
export function albEnvironment(options: AlbEnvironmentOptions): EnvironmentAdapter {
  const settings = readEnvironmentOptions(options);
  const { blue, green } = settings.targetGroups;
  const lasting = { blue: steady(settings.steadyReads), green: steady(settings.steadyReads) };
  return {
    contractVersion: 1,
    name: 'alb-targets',
    resource: `alb-targets:${blue}|${green}`,
    capabilities: environmentCapabilities({ fencing: 'checked', lateWriteMs: settings.lateWriteMs }),
    preflight: (needs, call) => preflightEnvironment(settings, needs, call),
    observe: (slot, { signal }) => observeSlot(settings, slot, lasting[slot], signal),
    converge: (target, call) => converge(settings, target, call),
  };
}

async function observeSlot(
  settings: EnvironmentSettings,
  slot: Slot,
  lasting: Steady,
  signal: AbortSignal,
): Promise<EnvironmentObservation> {
  const { clients, targetGroups, urls } = settings;
  const [tags, group] = await Promise.all([
    readTags(clients, targetGroups[slot], signal),
    readGroup(clients, targetGroups[slot], signal),
  ]);
  const { deployed, fence } = tags;
  const known = deployed === null ? {} : { releaseId: deployed.releaseId };
  const why = whyNotReady(tags, group);
  const counted = lasting.see(group.healthy);
  return {
    // Targets that somebody registered by hand run something, and it has no name here.
    version: deployed?.version ?? (group.total > 0 ? 'unknown' : null),
    ...known,
    ...(fence === null ? {} : { fence }),
    desired: group.draining > 0 && group.total === 0 ? 0 : Math.max(deployed?.targets ?? 0, group.total),
    ready: counted,
    ...(why === null && counted === group.healthy
      ? {}
      : { whyNotReady: why ?? `${group.healthy} healthy, not yet for long` }),
    drain: { open: group.draining },
    ...(urls === null ? {} : { url: urls[slot] }),
  };
}

function whyNotReady({ deployed }: SlotTags, { healthy, total, why }: GroupHealth): string | null {
  const expected = deployed?.targets ?? total;
  if (total !== expected) return `${expected} targets were deployed, ${total} are registered`;
  return healthy === total ? null : `${healthy} of ${total} healthy: ${why}`;
}
