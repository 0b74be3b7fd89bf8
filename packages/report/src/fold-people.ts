import type { CommandFact } from '@bluegreen/machine';
import type { EventOf } from './event-of.js';
import { extendWatch } from './fold-steps.js';
import { endDrifts } from './fold-writes.js';
import { placeOf } from './place.js';
import type { CommandSummary, ReleaseSummary } from './summary.js';

export function noteCommand(summary: ReleaseSummary, event: CommandFact): ReleaseSummary {
  const { command, at, type, by, reason } = event;
  const subject = event.type === 'approval-granted' ? event.gate : null;
  const given: CommandSummary = {
    command,
    at,
    requested: type,
    subject,
    by,
    reason,
    refused: null,
    place: placeOf(summary),
  };
  const retentionCutBy = type === 'retention-cut' ? by : summary.retentionCutBy;
  return { ...summary, retentionCutBy, commands: [...summary.commands, given] };
}

export function refuseCommand(summary: ReleaseSummary, event: EventOf<'command-refused'>): ReleaseSummary {
  const { command, at, requested, code, by } = event;
  const isKnown = summary.commands.some((each) => each.command === command && each.at === at);
  if (isKnown) {
    const commands = summary.commands.map((each) =>
      each.command === command && each.at === at ? { ...each, refused: code } : each,
    );
    return { ...summary, commands };
  }
  const place = placeOf(summary);
  const given = { command, at, requested, subject: null, by, reason: null, refused: code, place };
  return { ...summary, commands: [...summary.commands, given] };
}

export function pause(summary: ReleaseSummary, event: EventOf<'release-paused'>): ReleaseSummary {
  const paused = { at: event.at, until: null, reason: event.reason, place: placeOf(summary) };
  return { ...summary, pauses: [...summary.pauses, paused] };
}

export function unpause(summary: ReleaseSummary, at: number): ReleaseSummary {
  const pauses = summary.pauses.map((each) => (each.until === null ? { ...each, until: at } : each));
  return { ...summary, pauses };
}

/** A person goes on over whatever somebody else wrote. */
export function resume(summary: ReleaseSummary, at: number): ReleaseSummary {
  const open = summary.drifts.filter(({ until }) => until === null);
  if (open.length === 0) return summary;
  const lostMs = at - Math.min(...open.map((each) => each.at));
  return extendWatch({ ...summary, drifts: endDrifts(summary.drifts, null, at) }, Math.max(0, lostMs));
}
