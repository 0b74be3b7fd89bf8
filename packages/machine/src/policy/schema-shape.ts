import * as v from 'valibot';
import { nearestWord } from './did-you-mean.js';
import { type PolicyCode, printValue } from './problem.js';
import { choice, didYouMean, name, orList, says } from './schema-parts.js';

/**
 * The two ways to build one schema. For export, a choice between objects is a union, which JSON Schema can say. For
 * checking, the branch is chosen by its key first and only then validated, because a union that fails says only that it did,
 * and a `lazy` would export one branch alone.
 */
export interface SchemaShape {
  /** An object with these keys and no others. */
  object<const Entries extends v.ObjectEntries>(entries: Entries): v.StrictObjectSchema<Entries, undefined>;
  /** An object whose keys are names. */
  byName<const Value extends v.GenericSchema>(value: Value): v.RecordSchema<typeof name, Value, undefined>;
  /** One of several objects; each has one key that no other has, and is listed under it. */
  oneOf<const Branches extends Readonly<Record<string, v.GenericSchema>>>(
    branches: Branches,
    unclear: PolicyCode,
  ): v.GenericSchema<v.InferInput<Branches[keyof Branches]>>;
  /** One of several objects, told apart by the word under `key`. */
  byKind<const Branches extends Readonly<Record<string, v.GenericSchema>>>(
    key: string,
    branches: Branches,
  ): v.GenericSchema<v.InferInput<Branches[keyof Branches]>>;
  /** A value that begins with a digit or is no text, or else one of a few words. */
  valueOr<const Value extends v.GenericSchema, const Words extends readonly string[]>(
    value: Value,
    called: string,
    words: Words,
  ): v.GenericSchema<v.InferInput<Value> | Words[number]>;
}

export const exportShape: SchemaShape = {
  object: (entries) => v.strictObject(entries),
  byName: (value) => v.record(name, value),
  oneOf: (branches) => v.union(Object.values(branches)) as never,
  byKind: (_, branches) => v.union(Object.values(branches)) as never,
  valueOr: (value, called, words) => v.union([value, choice(words, [called])]) as never,
};

export const checkingShape: SchemaShape = {
  object: (entries) => onlyObjects(v.strictObject(entries)),
  byName: (value) => onlyObjects(v.record(name, value)),
  oneOf: (branches, unclear) => v.lazy((input) => branchFor(input, branches, unclear)) as never,
  byKind: (key, branches) => v.lazy((input) => kindFor(input, key, branches)) as never,
  valueOr: (value, called, words) => {
    const word = choice(words, [called]);
    return v.lazy((input) => (typeof input === 'string' && !/^\d/.test(input) ? word : value)) as never;
  },
};

/** For valibot a list is an object too. */
function onlyObjects<Schema extends v.GenericSchema>(schema: Schema): Schema {
  return v.lazy((input) => (isObject(input) ? schema : noObject)) as unknown as Schema;
}

const noObject = v.custom(() => false, says('policy/wrong-type', 'an object'));

function branchFor(
  input: unknown,
  branches: Readonly<Record<string, v.GenericSchema>>,
  unclear: PolicyCode,
): v.GenericSchema {
  if (!isObject(input)) return noObject;
  const keys = Object.keys(branches);
  const present = keys.filter((key) => key in input);
  if (present.length === 1) return branches[present[0]!]!;
  return v.custom(
    () => false,
    says(unclear, present.length === 0 ? missing(input, keys) : `it has ${present.join(' and ')}`),
  );
}

/** Without a kind that is known only the kind itself is looked at. */
function kindFor(input: unknown, key: string, branches: Readonly<Record<string, v.GenericSchema>>): v.GenericSchema {
  if (!isObject(input)) return noObject;
  const kind = (input as Readonly<Record<string, unknown>>)[key];
  if (typeof kind === 'string' && Object.hasOwn(branches, kind)) return branches[kind]!;
  return v.looseObject({ [key]: choice(Object.keys(branches)) });
}

function missing(input: object, keys: readonly string[]): string {
  for (const key of Object.keys(input)) {
    const meant = nearestWord(key, keys);
    if (meant !== null) return `it has ${printValue(key)}${didYouMean(meant)}`;
  }
  return `it has none of ${orList(keys)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
