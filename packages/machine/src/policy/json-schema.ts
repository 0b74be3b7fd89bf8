import { toJsonSchema } from '@valibot/to-json-schema';
import { policySchema } from './schema.js';
import { gateSchema } from './schema-gates.js';
import { exportShape } from './schema-shape.js';

/**
 * The policy language as JSON Schema, draft-07, because the YAML language server reads no newer one. It knows keys, types,
 * patterns and ranges; what only `checkPolicy` can say (names, order of steps, contradictions) is not in it.
 */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  const gate = gateSchema(exportShape);
  const { $schema, ...rest } = toJsonSchema(policySchema(exportShape, gate), {
    target: 'draft-07',
    definitions: { gate },
    // Checks by code have no counterpart: tenths, address ranges, the length of durations, reserved names.
    ignoreActions: ['check'],
  });
  return { $schema, title: 'Release policy', description: 'What a safe release means.', ...rest };
}

/** docs/reference/policy.schema.json, laid out as the project's formatter does it. */
export function renderPolicyJsonSchema(): string {
  return `${print(policyJsonSchema(), '')}\n`;
}

function print(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => print(item, deeper))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${print(item, deeper)}`);
  if (isList && value.every((item) => typeof item !== 'object')) return `[${items.join(', ')}]`;
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${items.map((item) => `${deeper}${item}`).join(',\n')}\n${indent}${close}`;
}
