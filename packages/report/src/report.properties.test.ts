import { stripVTControlCharacters } from 'node:util';
import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from './display-width.js';
import { poison } from './evil.fixture.js';
import { Story, type Unplaced } from './journal.fixture.js';
import { renderLine } from './render-line.js';
import { renderTree } from './render-tree.js';
import { stories } from './stories.fixture.js';
import { nextSummary } from './summarise.js';
import type { ReleaseSummary } from './summary.js';

const control = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

interface Look {
  readonly columns: number;
  readonly ascii: boolean;
  readonly rows?: number | undefined;
}

/** Renders the journal and its last event, and gives back the lines that break a rule, and which one. */
function faults(records: readonly JournalRecord[], look: Look): readonly string[] {
  const before = records.slice(0, -1).reduce<ReleaseSummary | null>(nextSummary, null);
  const last = records.at(-1);
  return last === undefined ? [] : faultsAfter(before, last, look);
}

function faultsAfter(
  before: ReleaseSummary | null,
  record: JournalRecord,
  { columns, ascii, rows }: Look,
): readonly string[] {
  const after = nextSummary(before, record);
  if (after === null) return [];
  const found: string[] = [];
  const line = renderLine(record.event as ReleaseEvent, before, after, { ascii });
  if (line !== null && control.test(line)) found.push(`control character: ${JSON.stringify(line)}`);
  const lines = renderTree(after, { columns, ascii, ...(rows === undefined ? {} : { rows }) });
  if (rows !== undefined && lines.length > rows) found.push(`${lines.length} lines in ${rows} rows`);
  for (const each of lines) {
    if (control.test(each)) found.push(`control character: ${JSON.stringify(each)}`);
    if (displayWidth(each) > columns) found.push(`wider than ${columns}: ${each}`);
    if (ascii && !/^[\x20-\x7e]*$/.test(each)) found.push(`not ASCII: ${each}`);
  }
  return found;
}

const anyLook: fc.Arbitrary<Look> = fc.record({
  columns: fc.integer({ min: 1, max: 140 }),
  ascii: fc.boolean(),
  rows: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});
const journals = Object.values(stories).map((story) => story().records);
const anyPrefix = fc
  .constantFrom(...journals)
  .chain((records) => fc.integer({ min: 0, max: records.length }).map((length) => records.slice(0, length)));
const evil = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '\x1b[2J',
    '\x1b]0;title\x07',
    '\r\n',
    '\u202e',
    '\x9b31m',
    '🚀'.repeat(20),
    'x'.repeat(3_000),
    '\u0300'.repeat(99),
  ),
);

describe('every prefix of every journal', () => {
  it('renders without an error, in lines that fit', () => {
    for (const records of journals) {
      let summary: ReleaseSummary | null = null;
      for (const record of records) {
        expect(faultsAfter(summary, record, { columns: 100, ascii: false })).toEqual([]);
        summary = nextSummary(summary, record);
      }
    }
  });

  it('fits every terminal', () => {
    fc.assert(
      fc.property(anyPrefix, anyLook, (records, look) => {
        expect(faults(records, look)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('writes no control character, whatever names, messages and reasons hold', () => {
    fc.assert(
      fc.property(anyPrefix, evil, anyLook, (records, text, look) => {
        expect(faults(poison(records, text), look)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('colours with nothing but colours', () => {
    for (const [, story] of Object.entries(stories)) {
      const summary = poison(story().records, '\x1b[2J').reduce(nextSummary, null)!;
      const plain = renderTree(summary);
      for (const [index, line] of renderTree(summary, { colour: true }).entries()) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
        const others = line.replaceAll(/\x1b\[\d+m/g, '');
        expect(others).not.toMatch(control);
        expect(stripVTControlCharacters(line)).toBe(plain[index]);
      }
    }
  });

  it('says the same however often it is asked', () => {
    for (const story of Object.values(stories)) {
      const summary = story().records.reduce<ReleaseSummary | null>(nextSummary, null)!;
      expect(renderTree(summary)).toEqual(renderTree(summary));
    }
  });

  it.each(['__proto__', 'constructor', 'toString'])('knows a service called %s', (name) => {
    const story = new Story({ versions: { [name]: ['v1', 'v2'] } }).prepared().verified().reach(0);
    const summary = story.records.reduce<ReleaseSummary | null>(nextSummary, null)!;
    expect(renderTree(summary)[0]).toContain(`${name}  v1 → v2`);
  });
});

describe('events in an order that no machine would write', () => {
  const known = journals.flatMap((records) => records.slice(1)).map(({ event }) => event as Unplaced);

  it('render without an error', () => {
    const chaos = fc.array(fc.tuple(fc.constantFrom(...known), fc.integer({ min: 0, max: 600 })), { maxLength: 40 });
    fc.assert(
      fc.property(chaos, anyLook, (events, look) => {
        const mixed = new Story();
        for (const [event, seconds] of events) mixed.wait(`${seconds}s`).add(event);
        expect(faults(mixed.records, look)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
