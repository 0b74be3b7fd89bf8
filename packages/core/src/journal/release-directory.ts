import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fail } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { addFile, createTemporary, linkNew, quietly, writeAll } from './durable-file.js';
import { decodeName, encodeName, isShortened } from './file-name.js';
import { failureCode, type OpenFile, unlessMissing } from './file-system.js';
import { inboxName, numberedName, numberedNames, segmentEpoch, segmentName } from './layout.js';
import { decodeLines } from './line.js';
import { corrupt, type SegmentHeader } from './segment.js';
import { temporaryName } from './temporary-name.js';

/** Adds the segment of `epoch` to a release that exists, with `text` in it from the first moment. */
export async function addSegment(
  context: JournalContext,
  releaseId: string,
  epoch: number,
  text: string,
): Promise<OpenFile> {
  const { fileSystem, layout } = context;
  const directory = layout.release(releaseId);
  const temporary = await createTemporary(context, text, { sync: true });
  try {
    if (!(await linkNew(context, temporary.path, join(directory, segmentName(epoch))))) {
      throw fail('journal/writer-refused', { detail: `epoch ${epoch} of ${releaseId} was opened before` });
    }
    await fileSystem.syncDirectory(directory);
    // Whoever made the release may have died before this.
    await fileSystem.syncDirectory(layout.releases);
    return temporary.file;
  } catch (error) {
    await quietly(temporary.file.close());
    throw error;
  } finally {
    await quietly(fileSystem.remove(temporary.path));
  }
}

/**
 * Makes the directory of a new release, complete with its first segment, in one step. Where an owner who was late has
 * made one meanwhile, the segment is added to it and begins the history all the same.
 */
export async function addRelease(
  context: JournalContext,
  releaseId: string,
  epoch: number,
  text: string,
): Promise<OpenFile> {
  const { fileSystem, layout, processes } = context;
  const prepared = join(layout.temporary, temporaryName(processes.self(), randomUUID()));
  let file: OpenFile | null = null;
  try {
    await fileSystem.makeDirectory(join(prepared, inboxName));
    file = await fileSystem.create(join(prepared, segmentName(epoch)));
    await writeAll(file, text);
    await file.sync();
    await fileSystem.syncDirectory(prepared);
    await rememberOrder(context, releaseId);
    await fileSystem.rename(prepared, layout.release(releaseId));
    await fileSystem.syncDirectory(layout.releases);
    return file;
  } catch (error) {
    if (file !== null) await quietly(file.close());
    await quietly(fileSystem.removeDirectory(prepared));
    if (failureCode(error) !== 'ENOTEMPTY' && failureCode(error) !== 'EEXIST') throw error;
    return addSegment(context, releaseId, epoch, text);
  }
}

/** Ids of all releases, oldest first. Those whose place in the order got lost come last, by name. */
export async function listReleases(context: JournalContext): Promise<readonly string[]> {
  const { fileSystem, layout } = context;
  const present = new Set(await unlessMissing(fileSystem.list(layout.releases), []));
  const ordered = numberedNames(await unlessMissing(fileSystem.list(layout.order), [])).map(({ name }) => name);
  const names = [...ordered.filter((name) => present.has(name)), ...[...present].sort()];
  const ids = await Promise.all([...new Set(names)].map((name) => releaseIdOf(context, name)));
  return ids.filter((id) => id !== null);
}

/** An empty file with the next number. Two for one release, after a crash, do no harm: the lower one counts. */
async function rememberOrder(context: JournalContext, releaseId: string): Promise<void> {
  const { fileSystem, layout } = context;
  const name = encodeName(releaseId);
  const entries = numberedNames(await unlessMissing(fileSystem.list(layout.order), []));
  if (entries.some((entry) => entry.name === name)) return;
  const next = (entries.at(-1)?.number ?? 0) + 1;
  await addFile(context, join(layout.order, numberedName(next, name)), '');
  await fileSystem.syncDirectory(layout.order);
}

async function releaseIdOf({ fileSystem, layout }: JournalContext, name: string): Promise<string | null> {
  if (!isShortened(name)) return decodeName(name);
  const directory = join(layout.releases, name);
  const segments = (await fileSystem.list(directory)).filter((file) => segmentEpoch(file) !== null);
  // One readable header is enough: what is wrong with the others is said when this release is read.
  for (const segment of segments) {
    const header = decodeLines(await fileSystem.read(join(directory, segment))).next().value as Partial<SegmentHeader>;
    if (typeof header?.release === 'string') return header.release;
  }
  if (segments.length === 0) return null;
  throw corrupt(join(directory, segments[0]!), 'line 1');
}
