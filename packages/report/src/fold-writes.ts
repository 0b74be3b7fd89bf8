import type { EventOf } from './event-of.js';
import { placeOf } from './place.js';
import type { DriftSummary, ReleaseSummary, WriteSummary } from './summary.js';
import { withService } from './with-service.js';

/** Notes a write; the first deployment also tells which slot is the candidate where nothing was routed. */
export function startWrite(summary: ReleaseSummary, event: EventOf<'effect-started'>): ReleaseSummary {
  const { key, write, at } = event;
  const place = placeOf(summary);
  const base = { key, service: write.service, startedAt: at, settledAt: null, failure: null, place };
  if (write.kind === 'route') {
    const route: WriteSummary = { ...base, kind: 'route', slot: null, greenPercent: write.target.weights.green };
    return { ...summary, writes: [...summary.writes, route] };
  }
  const kind = write.version === null ? 'retire' : 'deploy';
  const converge: WriteSummary = { ...base, kind, slot: write.slot, greenPercent: null };
  const noted = { ...summary, writes: [...summary.writes, converge] };
  if (kind === 'retire') return noted;
  return withService(noted, write.service, (service) =>
    service.roles !== null || service.routing !== 'unrouted'
      ? service
      : { ...service, roles: { active: null, candidate: write.slot } },
  );
}

export function settleWrite(summary: ReleaseSummary, event: EventOf<'effect-settled'>): ReleaseSummary {
  const { key, result, at } = event;
  const index = summary.writes.findLastIndex((each) => each.key === key && each.settledAt === null);
  if (index < 0) return summary;
  const failure =
    result.outcome === 'accepted' ? null : { code: result.code, message: result.message, reaction: result.reaction };
  return { ...summary, writes: summary.writes.with(index, { ...summary.writes[index]!, settledAt: at, failure }) };
}

export function drift(summary: ReleaseSummary, event: EventOf<'routing-drifted'>): ReleaseSummary {
  const { at, service, summary: text } = event;
  const found: DriftSummary = { at, until: null, service, summary: text, place: placeOf(summary) };
  return { ...summary, drifts: [...endDrifts(summary.drifts, service, at), found] };
}

/** Ends the drift of one service, or of all (`null`). */
export function endDrifts(
  drifts: readonly DriftSummary[],
  service: string | null,
  at: number,
): readonly DriftSummary[] {
  const ends = (each: DriftSummary): boolean => each.until === null && (service === null || each.service === service);
  return drifts.some(ends) ? drifts.map((each) => (ends(each) ? { ...each, until: at } : each)) : drifts;
}
