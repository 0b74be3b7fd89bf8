import { join } from 'node:path';
import type { JournalRecord } from '@bluegreen/contract';
import { type FileSystem, failureCode, unlessMissing } from './file-system.js';
import { type Layout, segmentEpoch, segmentName } from './layout.js';
import { corrupt, parseSegment, type Segment } from './segment.js';

/** Each repetition means that somebody took over meanwhile: this many in one read is a fault elsewhere. */
const mostTakeoversInOneRead = 10;

export interface History {
  readonly records: readonly JournalRecord[];
  /** Epoch of the newest segment; 0 when the release is unknown. */
  readonly epoch: number;
  /** Seq of the last record; 0 when there is none. */
  readonly lastSeq: number;
}

export interface HistoryReader {
  readonly fileSystem: FileSystem;
  readonly layout: Layout;
}

/**
 * The history of a release from `fromSeq` on: the newest segment, and what it says it continues, and so on back.
 * Segments that nobody continues (an owner who was late) are not looked at.
 * @throws `journal/corrupt`, `journal/version-unknown`
 */
export async function readHistory(reader: HistoryReader, releaseId: string, fromSeq = 1): Promise<History> {
  const { fileSystem, layout } = reader;
  const directory = layout.release(releaseId);
  let newest = await newestEpoch(fileSystem, directory);
  for (let round = 1; ; round += 1) {
    const history = await readChain(fileSystem, { directory, releaseId, newest, fromSeq });
    const now = await newestEpoch(fileSystem, directory);
    // Whoever took over while this read ran decided where the older segments end.
    if (now === newest || round === mostTakeoversInOneRead) return history;
    newest = now;
  }
}

/** Epoch of the newest segment in the directory of a release; 0 when there is none. */
export async function newestEpoch(fileSystem: FileSystem, directory: string): Promise<number> {
  const names = await unlessMissing(fileSystem.list(directory), []);
  return Math.max(0, ...names.map((name) => segmentEpoch(name) ?? 0));
}

interface Chain {
  readonly directory: string;
  readonly releaseId: string;
  readonly newest: number;
  readonly fromSeq: number;
}

async function readChain(fileSystem: FileSystem, chain: Chain): Promise<History> {
  const segments: Segment[] = [];
  let epoch = chain.newest;
  let lastSeq: number | null = null;
  while (epoch > 0) {
    const segment: Segment = await readSegment(fileSystem, chain, epoch, lastSeq);
    segments.unshift(segment);
    lastSeq = segment.header.afterSeq;
    epoch = lastSeq < chain.fromSeq ? 0 : segment.header.afterEpoch;
    if (lastSeq > 0 && segment.header.afterEpoch === 0) {
      throw corrupt(join(chain.directory, segmentName(segment.header.epoch)), 'line 1: begins in the middle');
    }
  }
  const records = segments.flatMap((segment) => segment.records);
  return {
    records: records.filter((record) => record.seq >= chain.fromSeq),
    epoch: chain.newest,
    lastSeq: records.at(-1)?.seq ?? lastSeq ?? 0,
  };
}

async function readSegment(
  fileSystem: FileSystem,
  { directory, releaseId }: Chain,
  epoch: number,
  lastSeq: number | null,
): Promise<Segment> {
  const file = join(directory, segmentName(epoch));
  try {
    return parseSegment(await fileSystem.read(file), { file, release: releaseId, epoch, lastSeq });
  } catch (error) {
    // Segments are never removed: without this one, records that somebody built upon are gone.
    if (failureCode(error) === 'ENOENT') throw corrupt(file, 'missing');
    throw error;
  }
}
