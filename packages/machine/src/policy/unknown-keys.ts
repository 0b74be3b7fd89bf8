import type * as v from 'valibot';
import { nearestWord } from './did-you-mean.js';
import { type Path, type Problem, printValue, refusal } from './problem.js';
import { didYouMean, isReservedName } from './schema-parts.js';

/** What the walk needs to know of a valibot schema. */
interface Walkable {
  readonly type: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
  readonly getter?: (input: unknown) => v.GenericSchema;
}

/**
 * Every key of `value` that `schema` doesn't have, and every reserved name. The schema itself stops at the first unknown
 * key of an object and passes over names such as `constructor`.
 */
export function unknownKeys(schema: v.GenericSchema, value: unknown, path: Path = []): readonly Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, getter, wrapped, entries, item, value: each } = schema as unknown as Walkable;
  // Only some of its keys are looked at.
  if (type === 'loose_object') return [];
  if (getter !== undefined) return unknownKeys(getter(value), value, path);
  if (wrapped !== undefined) return unknownKeys(wrapped, value, path);
  if (Array.isArray(value)) {
    return item === undefined ? [] : value.flatMap((one, index) => unknownKeys(item, one, [...path, index]));
  }
  const members = Object.entries(value);
  if (entries !== undefined) {
    return members.flatMap(([key, member]) => {
      const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
      return entry === undefined ? [unknownKey(key, entries, path)] : unknownKeys(entry, member, [...path, key]);
    });
  }
  if (each === undefined) return [];
  return members.flatMap(([key, member]) => [
    ...(isReservedName(key) ? [refusal('policy/name-invalid', [...path, key], `${printValue(key)} is reserved`)] : []),
    ...unknownKeys(each, member, [...path, key]),
  ]);
}

function unknownKey(key: string, entries: object, path: Path): Problem {
  const known = Object.keys(entries);
  const meant = nearestWord(key, known);
  return refusal(
    'policy/unknown-key',
    [...path, key],
    `${printValue(key)}${didYouMean(meant)}`,
    meant === null ? `The keys here are ${known.join(', ')}.` : `Write ${meant}, or remove the key.`,
  );
}
