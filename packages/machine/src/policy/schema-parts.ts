import { durationMs } from '@bluegreen/contract';
import * as v from 'valibot';
import { nearestWord } from './did-you-mean.js';
import type { PolicyCode } from './problem.js';
import { sourceRangeProblem } from './source-range.js';

// Every message reads `<code>: <what is asked for>`; `shape-check.ts` takes it apart.

export function says(code: PolicyCode, asked: string): string {
  return `${code}: ${asked}`;
}

/** Longer than any release, and far from where instants stop being exact. */
const longest = '365d';

const durationPattern = /^\d{1,9}(ms|s|m|h|d)$/;
const durationAsked = says('policy/duration-invalid', "a duration such as '10m'");

function durationOf(leastMs: number, asked: string) {
  return v.pipe(
    v.string(durationAsked),
    v.regex(durationPattern, durationAsked),
    v.check(
      (text) => {
        // The pattern has spoken already where it doesn't match.
        const ms = durationPattern.test(text) ? durationMs(text) : leastMs;
        return ms >= leastMs && ms <= durationMs(longest);
      },
      says('policy/out-of-range', asked),
    ),
    v.metadata({ title: 'duration' }),
  );
}

/** A duration that takes time: 0 would have a second meaning. */
export const duration = durationOf(1, `more than 0 and at most ${longest}`);

/** How long something is kept. Zero is a word of its own, so that it can't be a slip. */
export const retention = durationOf(1, `more than 0 and at most ${longest}; for 0, immediately`);

/** A duration that may be 0. */
export const durationOrZero = durationOf(0, `at most ${longest}`);

export const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** A name that exists on every object would be found where nobody defined it. */
export function isReservedName(name: string): boolean {
  return name in Object.prototype;
}

export const name = v.pipe(
  v.string(says('policy/wrong-type', 'a name')),
  v.regex(namePattern, says('policy/name-invalid', 'a name')),
  v.check((text) => !isReservedName(text), says('policy/name-invalid', 'another name, this one is reserved')),
  v.metadata({ title: 'name' }),
);

/** A name that is defined somewhere else; whether it is, is checked there. */
export function reference(of: string) {
  return titled(v.string(says('policy/wrong-type', `the name of ${of}`)), `name of ${of}`);
}

export const flag = v.boolean(says('policy/wrong-type', 'true or false'));

/** One of a few words; `or` names what else is possible in the same place. */
export function choice<const Options extends readonly string[]>(options: Options, or: readonly string[] = []) {
  return v.picklist(options, ({ input }) => {
    const meant = typeof input === 'string' ? nearestWord(input, options) : null;
    return says('policy/unknown-value', `${orList([...or, ...options])}${didYouMean(meant)}`);
  });
}

export function didYouMean(meant: string | null): string {
  return meant === null ? '' : `; did you mean ${meant}?`;
}

export function count(most: number) {
  const asked = `a whole number from 1 to ${most}`;
  return v.pipe(
    v.number(says('policy/wrong-type', asked)),
    v.integer(says('policy/out-of-range', asked)),
    v.minValue(1, says('policy/out-of-range', asked)),
    v.maxValue(most, says('policy/out-of-range', asked)),
    v.metadata({ title: 'whole number' }),
  );
}

const rateAsked = 'a share from 0 to below 1; 0.01 is one percent';

export const rate = v.pipe(
  v.number(says('policy/wrong-type', rateAsked)),
  v.minValue(0, says('policy/out-of-range', rateAsked)),
  v.ltValue(1, says('policy/out-of-range', rateAsked)),
  v.metadata({ title: 'share' }),
);

const factorAsked = 'a factor above 1 and at most 100';

/** How many times as much; 2 is twice. */
export const factor = v.pipe(
  v.number(says('policy/wrong-type', factorAsked)),
  v.gtValue(1, says('policy/out-of-range', factorAsked)),
  v.maxValue(100, says('policy/out-of-range', factorAsked)),
  v.metadata({ title: 'factor' }),
);

const leastFactorAsked = 'a factor from 1 to 100';

export const factorFromOne = v.pipe(
  v.number(says('policy/wrong-type', leastFactorAsked)),
  v.minValue(1, says('policy/out-of-range', leastFactorAsked)),
  v.maxValue(100, says('policy/out-of-range', leastFactorAsked)),
  v.metadata({ title: 'factor' }),
);

const chanceAsked = 'a chance from 0.000001 to 0.5; 0.01 is one in a hundred';

export const chance = v.pipe(
  v.number(says('policy/wrong-type', chanceAsked)),
  v.minValue(1e-6, says('policy/out-of-range', chanceAsked)),
  v.maxValue(0.5, says('policy/out-of-range', chanceAsked)),
  v.metadata({ title: 'chance' }),
);

const quantileAsked = 'a quantile from 0.5 to 0.999; 0.99 is p99';

export const quantile = v.pipe(
  v.number(says('policy/wrong-type', quantileAsked)),
  v.minValue(0.5, says('policy/out-of-range', quantileAsked)),
  v.maxValue(0.999, says('policy/out-of-range', quantileAsked)),
  v.metadata({ title: 'quantile' }),
);

const weightAsked = says('policy/weight-invalid', 'a percent from 0.1 to 100 in tenths');

/** Not `multipleOf(0.1)`: in floating point 0.3 is none. */
export const weight = v.pipe(
  v.number(weightAsked),
  v.minValue(0.1, weightAsked),
  v.maxValue(100, weightAsked),
  v.check((percent) => Math.round(percent * 10) / 10 === percent, weightAsked),
  v.metadata({ title: 'percent' }),
);

export const token = v.pipe(
  v.string(says('policy/wrong-type', 'text')),
  v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, says('policy/match-invalid', 'letters, digits and hyphens')),
);

export const headerValue = v.pipe(
  v.string(says('policy/wrong-type', 'text')),
  v.regex(
    /^[\x21-\x7e]([\x20-\x7e]{0,254}[\x21-\x7e])?$/,
    says('policy/match-invalid', 'printable ASCII, 256 characters at most, no space at its ends'),
  ),
);

/** RFC 6265, 4.1.1: `cookie-octet`. */
export const cookieValue = v.pipe(
  v.string(says('policy/wrong-type', 'text')),
  v.regex(
    /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,256}$/,
    says('policy/match-invalid', 'printable ASCII without spaces, quotes, commas, semicolons and backslashes'),
  ),
);

/** `HH:MM` by the clocks of a zone; `24:00` is the end of the day. */
export const timeOfDay = v.pipe(
  v.string(says('policy/wrong-type', 'text')),
  v.regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, says('policy/time-invalid', "a time such as '09:30'")),
  v.metadata({ title: 'time of day' }),
);

/** `YYYY-MM-DD`. */
export const calendarDay = v.pipe(
  v.string(says('policy/wrong-type', 'text')),
  v.regex(/^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, says('policy/time-invalid', "a day such as '2026-12-24'")),
  v.metadata({ title: 'day' }),
);

/** Whether it exists is known where time zones are. */
export const timeZone = v.pipe(
  v.string(says('policy/wrong-type', 'text')),
  v.regex(/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/, says('policy/time-invalid', "a time zone such as 'Europe/Berlin'")),
  v.metadata({ title: 'time zone' }),
);

export const sourceRange = v.pipe(
  v.string(says('policy/wrong-type', 'text')),
  v.check(
    (text) => sourceRangeProblem(text) === null,
    ({ input }) => says('policy/source-range-invalid', sourceRangeProblem(input) ?? ''),
  ),
  v.metadata({ title: 'network' }),
);

/** A person or a role, as the application that asks calls it. */
export const person = v.pipe(
  v.string(says('policy/wrong-type', 'a person or a role')),
  v.regex(/^\S(.{0,126}\S)?$/, says('policy/name-invalid', 'a person or a role in at most 128 characters')),
  v.metadata({ title: 'person or role' }),
);

export function listOf<Item extends v.GenericSchema>(item: Item) {
  return v.array(item, says('policy/wrong-type', 'a list'));
}

export function someOf<Item extends v.GenericSchema>(item: Item) {
  return v.pipe(listOf(item), v.minLength(1, says('policy/list-empty', 'at least one')));
}

/** Gives a schema the name under which editors and the reference show it. */
export function titled<Schema extends v.GenericSchema>(schema: Schema, title: string, meaning?: string) {
  return v.pipe(schema, v.metadata({ title, ...(meaning === undefined ? {} : { description: meaning }) }));
}

/** An entry that must be there. */
export function required<Schema extends v.GenericSchema>(schema: Schema, meaning: string) {
  return v.pipe(schema, v.metadata({ description: meaning }));
}

/** An entry that may be left out; `byDefault` is what the compiled policy gets then. */
export function optional<Schema extends v.GenericSchema>(
  schema: Schema,
  meaning: string,
  byDefault?: string | number | boolean,
) {
  const metadata = { description: meaning, ...(byDefault === undefined ? {} : { default: byDefault }) };
  return v.exactOptional(v.pipe(schema, v.metadata(metadata)));
}

export function orList(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
