import { fail } from '../../failure.js';

/** `'23:55'` in milliseconds since midnight. @throws `simulator/world-invalid` */
export function timeOfDayMs(text: string, path: string): number {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (found === null) {
    throw fail('simulator/world-invalid', {
      path,
      detail: `${JSON.stringify(text)} is no time of day; write '23:55'`,
    });
  }
  return (Number(found[1]) * 60 + Number(found[2])) * 60_000;
}
