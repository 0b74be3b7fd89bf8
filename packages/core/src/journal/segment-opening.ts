import { join } from 'node:path';
import { fail } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { quietly } from './durable-file.js';
import { readHistory } from './history.js';
import { segmentName } from './layout.js';
import { addSegment } from './release-directory.js';
import { encodeHeader } from './segment.js';
import { SegmentWriter, type WriterPlace } from './segment-writer.js';

/**
 * Opens the segment of `place.epoch`. The header fixes where the history of the earlier owners ends; a new release has
 * none, so its segment is made together with its first records.
 */
export async function openSegmentWriter(context: JournalContext, place: WriterPlace): Promise<SegmentWriter> {
  const { releaseId, epoch } = place;
  const history = await readHistory(context, releaseId);
  if (history.epoch > epoch)
    throw fail('journal/lease-lost', { detail: `${releaseId}: epoch ${history.epoch} writes` });
  if (history.epoch === epoch) throw fail('journal/writer-refused', { detail: `${releaseId}: opened before` });
  const header = encodeHeader({ release: releaseId, epoch, afterEpoch: history.epoch, afterSeq: history.lastSeq });
  if (history.epoch === 0) return new SegmentWriter(context, place, { header, lastSeq: 0, file: null });
  // Its owner may have died between writing and syncing: what this segment builds upon must outlive a power loss.
  await context.fileSystem.syncFile(join(context.layout.release(releaseId), segmentName(history.epoch)));
  const file = await addSegment(context, releaseId, epoch, header);
  try {
    await place.assertHeld();
  } catch (error) {
    await quietly(file.close());
    throw error;
  }
  return new SegmentWriter(context, place, { header, lastSeq: history.lastSeq, file });
}
