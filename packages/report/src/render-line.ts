import type { ReleaseEvent } from '@bluegreen/machine';
import { eventText } from './event-text.js';
import { printClock } from './numbers.js';
import { surfaceOf, type TreeOptions } from './render-tree.js';
import { nameSpan, onSurface, padLine, paintLine, span } from './spans.js';
import type { ReleaseSummary } from './summary.js';

const subjectColumns = 20;
const longestLine = 400;

/**
 * One event as one plain line, for logs: `00:01:20  shift 10 %            reached; holds until 00:06:20`.
 * `null` for an event that tells a reader nothing.
 *
 * @param before the summary without this event; `null` before the first one.
 * @param after the summary with it.
 */
export function renderLine(
  event: ReleaseEvent,
  before: ReleaseSummary | null,
  after: ReleaseSummary,
  options: Pick<TreeOptions, 'colour' | 'ascii'> = {},
): string | null {
  const said = before === null ? requested(after) : eventText(event, before, after);
  if (said === null) return null;
  const surface = surfaceOf({ ...options, columns: longestLine });
  const { subject, text, tone } = said;
  const clock = span(`${printClock(event.at - after.requestedAt)}  `, 'faint');
  const name = padLine(onSurface([nameSpan(subject, 'strong', 40)], surface), subjectColumns);
  return paintLine([clock, ...name, span('  '), span(text, tone)], surface);
}

function requested({ id, requestedBy, services }: ReleaseSummary): ReturnType<typeof eventText> {
  const versions = services.map(({ name, version }) => `${name} ${version}`).join(', ');
  return { subject: 'release', text: `${id} requested by ${requestedBy}: ${versions}`, tone: 'plain' };
}
