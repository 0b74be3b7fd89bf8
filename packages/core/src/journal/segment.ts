import { fail, type JournalEvent, type JournalRecord } from '@bluegreen/contract';
import { freezeParsed } from './frozen-json.js';
import { damaged, decodeLines, encodeLine } from './line.js';

/** The format that this version writes. It reads this one only. */
export const format = 1;

/**
 * First line of a segment, the file of one owner of one release. It continues the history after record `afterSeq` of
 * the segment of `afterEpoch` (0 and 0: it begins the history). What that segment holds beyond came too late, from an
 * owner who had lost the release already, and counts for nobody.
 */
export interface SegmentHeader {
  readonly format: typeof format;
  readonly release: string;
  readonly epoch: number;
  readonly afterEpoch: number;
  readonly afterSeq: number;
}

export interface Segment {
  readonly header: SegmentHeader;
  readonly records: readonly JournalRecord[];
}

/** What the file of a segment must be, from where it lies and what refers to it. */
export interface SegmentPlace {
  readonly file: string;
  readonly release: string;
  readonly epoch: number;
  /** Last record that counts; `null` when no later segment says so. */
  readonly lastSeq: number | null;
}

export function encodeHeader(header: Omit<SegmentHeader, 'format'>): string {
  return encodeLine({ format, ...header });
}

/** All events of one line are recorded or none: a line without its end is no line. */
export function encodeBatch(firstSeq: number, events: readonly JournalEvent[]): string {
  return encodeLine({ seq: firstSeq, events });
}

/**
 * The header and the records that count. Stops at `lastSeq`, so damage beyond is no damage.
 * @throws `journal/corrupt`, `journal/version-unknown`
 */
export function parseSegment(bytes: Uint8Array, place: SegmentPlace): Segment {
  const lines = decodeLines(bytes);
  const header = checkHeader(lines.next().value, place);
  const records: JournalRecord[] = [];
  let seq = header.afterSeq;
  let lineNumber = 1;
  while (place.lastSeq === null || seq < place.lastSeq) {
    const line = lines.next();
    if (line.done === true) break;
    lineNumber += 1;
    for (const event of eventsOf(line.value, seq + 1, place.file, lineNumber)) {
      seq += 1;
      records.push({ seq, epoch: header.epoch, event });
    }
  }
  if (place.lastSeq !== null && seq !== place.lastSeq) {
    throw corrupt(place.file, `ends after record ${seq}, but record ${place.lastSeq} was built upon`);
  }
  return { header, records };
}

function checkHeader(value: unknown, { file, release, epoch }: SegmentPlace): SegmentHeader {
  if (value === undefined || value === damaged) throw corrupt(file, 'line 1');
  const header = value as SegmentHeader | null;
  if (header?.format !== format) {
    throw fail('journal/version-unknown', { detail: `${file}: format ${String(header?.format)}` });
  }
  if (header.release !== release || header.epoch !== epoch) throw corrupt(file, 'line 1: belongs to another file');
  if (!isCount(header.afterEpoch) || !isCount(header.afterSeq) || header.afterEpoch >= epoch) {
    throw corrupt(file, 'line 1: impossible order');
  }
  return header;
}

function eventsOf(value: unknown, seq: number, file: string, lineNumber: number): readonly JournalEvent[] {
  if (value === damaged) throw corrupt(file, `line ${lineNumber}`);
  const batch = value as { readonly seq?: unknown; readonly events?: unknown } | null;
  if (!Array.isArray(batch?.events) || batch.events.length === 0 || batch.seq !== seq) {
    throw corrupt(file, `line ${lineNumber}: expected record ${seq}`);
  }
  return freezeParsed(batch.events);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function corrupt(file: string, what: string): Error {
  return fail('journal/corrupt', { detail: `${file}, ${what}` });
}
