import { policyJsonSchema } from '@bluegreen/machine';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
}

/** Every key of the policy language, and every word that it knows, that none of these policies uses. */
export function unusedFeatures(policies: readonly unknown[]): readonly string[] {
  const root = policyJsonSchema() as Schema & { readonly $defs?: Readonly<Record<string, Schema>> };
  const known = new Set<string>();
  const used = new Set<string>();
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : root.$defs![schema.$ref.split('/').at(-1)!]!;

  function visit(given: Schema, path: string, values: readonly unknown[]): void {
    const schema = resolve(given);
    // A gate is the same wherever it stands.
    const here = given.$ref === undefined ? path : 'gate';
    for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) {
      visit({ ...branch, ...('default' in schema ? { default: schema.default } : {}) }, here, values);
    }
    for (const [key, part] of Object.entries(schema.properties ?? {})) {
      const below = `${here}${here === '' ? '' : '.'}${key}`;
      known.add(below);
      const found = objects(values).flatMap((value) => (key in value ? [value[key]] : []));
      if (found.length > 0) used.add(below);
      visit(part, below, found);
    }
    if (typeof schema.additionalProperties === 'object') {
      visit(schema.additionalProperties, `${here}.*`, objects(values).flatMap(Object.values));
    }
    if (schema.items !== undefined) visit(schema.items, `${here}[]`, values.filter(Array.isArray).flat());
    for (const word of schema.enum ?? ('const' in schema ? [schema.const] : [])) {
      known.add(`${here}: ${word}`);
      // What is the default is used wherever nothing is said.
      if (values.includes(word) || schema.default === word) used.add(`${here}: ${word}`);
    }
  }

  visit(root, '', policies);
  return [...known].filter((feature) => !used.has(feature));
}

function objects(values: readonly unknown[]): readonly Record<string, unknown>[] {
  return values.filter(
    (value): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value),
  );
}
