/** As much of a JSON Schema validator as the policy's schema needs; refuses words that it doesn't know. */
type Schema = Readonly<Record<string, unknown>>;

const annotations = new Set(['$schema', '$defs', 'title', 'description', 'default']);

type Rule = (value: unknown, argument: never, schema: Schema, root: Schema) => boolean;

const rules: Readonly<Record<string, Rule>> = {
  $ref: (value, pointer: string, _, root) => {
    const found = pointer
      .split('/')
      .slice(1)
      .reduce((at: unknown, part) => (at as Schema)[part], root);
    return accepts(found as Schema, value, root);
  },
  type: (value, type: string) =>
    ({
      object: isObject(value),
      array: Array.isArray(value),
      string: typeof value === 'string',
      number: typeof value === 'number',
      integer: Number.isInteger(value),
      boolean: typeof value === 'boolean',
    })[type]!,
  enum: (value, options: readonly unknown[]) => options.includes(value),
  anyOf: (value, options: readonly Schema[], _, root) => options.some((option) => accepts(option, value, root)),
  pattern: (value, pattern: string) => typeof value !== 'string' || new RegExp(pattern).test(value),
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  exclusiveMinimum: (value, bound: number) => typeof value !== 'number' || value > bound,
  exclusiveMaximum: (value, bound: number) => typeof value !== 'number' || value < bound,
  minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
  items: (value, item: Schema, _, root) => !Array.isArray(value) || value.every((each) => accepts(item, each, root)),
  required: (value, keys: readonly string[]) => !isObject(value) || keys.every((key) => Object.hasOwn(value, key)),
  propertyNames: (value, names: Schema, _, root) =>
    !isObject(value) || Object.keys(value).every((key) => accepts(names, key, root)),
  properties: (value, properties: Readonly<Record<string, Schema>>, _, root) =>
    !isObject(value) ||
    Object.entries(properties).every(
      ([key, schema]) => !Object.hasOwn(value, key) || accepts(schema, value[key], root),
    ),
  additionalProperties: (value, rest: false | Schema, { properties = {} }, root) =>
    !isObject(value) ||
    Object.keys(value)
      .filter((key) => !Object.hasOwn(properties as object, key))
      .every((key) => rest !== false && accepts(rest, value[key], root)),
};

export function accepts(schema: Schema, value: unknown, root: Schema = schema): boolean {
  return Object.entries(schema).every(([word, argument]) => {
    if (annotations.has(word)) return true;
    const rule = rules[word];
    if (rule === undefined) throw new Error(`the test's validator does not know ${word}`);
    return rule(value, argument as never, schema, root);
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
