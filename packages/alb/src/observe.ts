import { type ReadCall, type Routing, type Slot, soleSlot, type TrafficObservation } from '@bluegreen/contract';
import { observedHealth, readHealth } from './health.js';
import { probeRouting } from './probe.js';
import { readRouting } from './reading.js';
import type { Settings } from './settings.js';

/** The rules of the load balancer, the health of both groups, and, with a probe, who really answers. */
export async function observe(settings: Settings, { signal }: ReadCall): Promise<TrafficObservation> {
  const [reading, health] = await Promise.all([
    readRouting(settings, signal),
    readHealth(settings.clients, settings.targetGroups, signal),
  ]);
  const { routing, revision } = reading;
  const probed = settings.probe === null ? null : await probeRouting(settings.probe, routing, signal);
  return {
    routing,
    revision,
    proof: probed?.agrees === true ? 'sampled' : 'accepted',
    ...observedHealth(health),
    drain: {
      blue: drainOf(settings, routing, 'blue', probed?.answers.blue ?? 0),
      green: drainOf(settings, routing, 'green', probed?.answers.green ?? 0),
    },
  };
}

/**
 * What may still run in a slot. A slot that still answers new requests through the load balancer is not drained,
 * whatever the rules say. A bound client is let go when the stickiness of the split is switched off, in the request that
 * ends the split; should it not be, its cookie lasts as long as the stickiness.
 */
function drainOf(
  { longestRequestMs, stickinessSeconds }: Settings,
  routing: Routing,
  slot: Slot,
  answers: number,
): NonNullable<TrafficObservation['drain']>[Slot] {
  const isLeft = routing.kind === 'split' && soleSlot(routing.target) !== null && routing.target.weights[slot] === 0;
  if (isLeft && answers > 0) return { kind: 'counted', open: answers };
  return { kind: 'bounded', atMostMs: longestRequestMs + (stickinessSeconds ?? 0) * 1_000 };
}
