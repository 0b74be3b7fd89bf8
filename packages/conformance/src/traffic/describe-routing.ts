import { printStamp, type TrafficObservation, type TrafficTarget } from '@bluegreen/contract';

/** A target in one line, with only what is out of the ordinary. */
export function describeTarget(target: TrafficTarget): string {
  const parts = [`blue ${target.weights.blue} green ${target.weights.green}`];
  for (const part of ['candidate', 'fallback', 'preview'] as const) {
    if (target[part] !== null) parts.push(`${part} ${target[part]}`);
  }
  if (target.audiences.length > 0) parts.push(`audiences ${JSON.stringify(target.audiences)}`);
  parts.push(`cohort ${target.cohort.kind}${target.cohort.kind === 'redrawn' ? ` by ${target.cohort.salt}` : ''}`);
  if (target.mirror !== null) parts.push(`mirror ${target.mirror.percent} to ${target.mirror.slot}`);
  return parts.join(', ');
}

/** A read in one line. */
export function describeObservation({ routing, fence, revision }: TrafficObservation): string {
  const stamp = fence === undefined ? 'no stamp' : `stamp ${printStamp(fence)}`;
  const what =
    routing.kind === 'split'
      ? describeTarget(routing.target)
      : routing.kind === 'foreign'
        ? `foreign: ${routing.summary}`
        : 'unrouted';
  return `${what}; ${stamp}; revision ${revision.slice(0, 16)}`;
}
