import {
  type Fence,
  normaliseTarget,
  printStamp,
  type Routing,
  type TrafficCapabilities,
  type TrafficTarget,
} from '@bluegreen/contract';
import { murmur } from '../random/murmur.js';

/** A short text that is the same for the same content, as a provider's revision or checksum would be. */
export function fingerprint(text: string): string {
  return hex(murmur(text, 0x1b873593)) + hex(murmur(text, 0x52dce729));
}

/** The revision of a routing: everything that the adapter owns, the stamp included. */
export function revisionOf(routing: Routing, fence: Fence | null): string {
  return fingerprint(`${fence === null ? '' : printStamp(fence)} ${JSON.stringify(routing)}`);
}

/** What a router stores of a target: nothing that it can't give back, and every part at its place. */
export function storedTarget(target: TrafficTarget, capabilities: TrafficCapabilities): TrafficTarget {
  const kept = normaliseTarget(target, capabilities);
  return {
    weights: { blue: kept.weights.blue, green: kept.weights.green },
    candidate: kept.candidate,
    fallback: kept.fallback,
    preview: kept.preview,
    audiences: kept.audiences.map(({ name, match, slot }) => ({ name, match, slot })),
    cohort: kept.cohort.kind === 'redrawn' ? { kind: 'redrawn', salt: kept.cohort.salt } : { kind: kept.cohort.kind },
    mirror: kept.mirror === null ? null : { slot: kept.mirror.slot, percent: kept.mirror.percent },
  };
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
