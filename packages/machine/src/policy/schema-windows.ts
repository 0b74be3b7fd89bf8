import { calendarDay, choice, listOf, optional, required, someOf, timeOfDay, timeZone } from './schema-parts.js';
import type { SchemaShape } from './schema-shape.js';

/** When a release may shift forward. */
export function windowsSchema(shape: SchemaShape) {
  const open = shape.object({
    days: required(someOf(choice(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])), 'Days of the week.'),
    from: required(timeOfDay, 'When it opens.'),
    to: required(timeOfDay, 'When it closes, later on the same day; `24:00` is its end.'),
  });
  const frozen = shape.object({
    from: required(calendarDay, 'The first day.'),
    to: required(calendarDay, 'The last day.'),
  });
  return shape.object({
    timeZone: required(timeZone, 'By whose clocks: an IANA name such as `Europe/Berlin`.'),
    open: optional(listOf(open), 'When steps may be taken. Left out: at any time.'),
    frozen: optional(listOf(frozen), 'Days on which none is taken, even within `open`.'),
  });
}
