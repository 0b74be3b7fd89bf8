import * as v from 'valibot';
import { policySchema } from './schema.js';
import { orList } from './schema-parts.js';
import { exportShape } from './schema-shape.js';

/** What the renderer needs to know of a valibot schema. */
interface Readable extends v.GenericSchema {
  readonly entries?: Readonly<Record<string, Readable>>;
  readonly item?: Readable;
  readonly value?: Readable;
  readonly wrapped?: Readable;
  readonly options?: readonly (Readable | string)[];
}

interface Section {
  readonly title: string;
  readonly meaning: string;
  readonly rows: readonly (readonly string[])[];
}

/**
 * docs/reference/policy.md: every key with its type, default and meaning, read from the schema itself, so that the page can't
 * say anything else than the check.
 */
export function renderPolicyReference(): string {
  const sections: Section[] = [];
  collect('Policy', policySchema(exportShape) as unknown as Readable, sections);
  const parts = sections.map(({ title, meaning, rows }) =>
    [
      `## ${title}`,
      ...(meaning === '' ? [] : [meaning]),
      printTable([['key', 'type', 'default', 'meaning'], ...rows]),
    ].join('\n\n'),
  );
  return `${[introduction, ...parts].join('\n\n')}\n`;
}

const introduction = `# Policy reference

A policy is plain data: YAML, JSON, or TypeScript with \`definePolicy\`. The smallest one is \`{ shift: [{ to: 100 }] }\`.
Unknown keys are refused. A duration is text, a whole number with a unit: \`500ms\`, \`30s\`, \`10m\`, \`4h\`, \`1d\`; at most
\`365d\`. A name starts with a letter and goes on with letters, digits, hyphens and underscores. Editors read
[policy.schema.json](policy.schema.json). This page is generated from the schema.`;

/** One table per object, in the order in which a reader meets them; the same object is shown once. */
function collect(title: string, schema: Readable, sections: Section[]): void {
  if (sections.some((section) => section.title === title)) return;
  const entries = Object.entries(schema.entries ?? {});
  const { description = '' } = v.getMetadata(schema) as { readonly description?: string };
  sections.push({ title, meaning: description, rows: entries.map(([key, entry]) => row(key, entry, title)) });
  for (const [key, entry] of entries) {
    for (const object of objectsIn(entry)) collect(sectionOf(key, object), object, sections);
  }
}

function row(key: string, entry: Readable, owner: string): readonly string[] {
  const inner = entry.wrapped ?? entry;
  const { description = '', default: byDefault } = v.getMetadata(inner) as {
    readonly description?: string;
    readonly default?: unknown;
  };
  const given = byDefault !== undefined ? `\`${byDefault}\`` : entry.type === 'exact_optional' ? '' : '**required**';
  return [`\`${key}\``, typeOf(inner, key, owner), given, description];
}

/** Columns are padded, as the project's formatter wants them. */
function printTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((cells) => cells[column]!.length)));
  const print = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [print(head), print(widths.map((width) => '-'.repeat(width))), ...rows.map(print)].join('\n');
}

function typeOf(schema: Readable, key: string, owner: string): string {
  const { item, value, options, type } = schema;
  if (item !== undefined) return `list of ${typeOf(item, key, owner)}`;
  if (value !== undefined) return `by name, ${typeOf(value, key, owner)}`;
  const objects = objectsIn(schema);
  if (objects.length > 0) return orList(objects.map((object) => link(sectionOf(key, object))));
  if (type === 'union') return orList((options as readonly Readable[]).map((option) => typeOf(option, key, owner)));
  if (type === 'picklist') return orList((options as readonly string[]).map((option) => `\`${option}\``));
  const { title } = v.getMetadata(schema) as { readonly title?: string };
  return title ?? (type === 'string' ? 'text' : type);
}

/** The objects that a value of this schema may be, or hold. */
function objectsIn(schema: Readable): readonly Readable[] {
  const { wrapped, item, value, entries, options, type } = schema;
  const inner = wrapped ?? item ?? value;
  if (inner !== undefined) return objectsIn(inner);
  if (entries !== undefined) return [schema];
  return type === 'union' ? (options as readonly Readable[]).flatMap(objectsIn) : [];
}

const kinds: Readonly<Record<string, string>> = {
  audiences: 'Audience',
  analyses: 'Analysis',
  shift: 'Step',
  gates: 'Gate',
};

function sectionOf(key: string, object: Readable): string {
  const { title } = v.getMetadata(object) as { readonly title?: string };
  const kind = kinds[key] ?? key;
  return title === undefined ? kind : `${kind}: ${title}`;
}

function link(title: string): string {
  return `[${title}](#${title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')})`;
}
