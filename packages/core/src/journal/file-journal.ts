import { resolve } from 'node:path';
import type { Journal } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { joinSession } from './file-session.js';
import { type FileSystem, nodeFileSystem } from './file-system.js';
import { readHistory } from './history.js';
import { type HostProcesses, type HostTime, hostProcesses, hostTime } from './host.js';
import { sendCommand } from './inbox.js';
import { layoutOf } from './layout.js';
import { listReleases } from './release-directory.js';
import { onDisk } from './storage-failure.js';

export interface FileJournalOptions {
  readonly time?: HostTime;
  readonly processes?: HostProcesses;
  readonly fileSystem?: FileSystem;
}

/**
 * A journal in a directory on a local disk of **one host**. Any number of processes of that host may use it at once;
 * processes of two hosts must not, not even on a shared disk: each would take the other's leases.
 *
 * The directory is made when the first owner joins. `docs/reference/journal.md` describes what lies in it.
 * @throws `journal/storage-failed` from every method when the disk refuses.
 */
export function fileJournal(directory: string, options: FileJournalOptions = {}): Journal {
  const context: JournalContext = {
    layout: layoutOf(resolve(directory)),
    fileSystem: options.fileSystem ?? nodeFileSystem(),
    time: options.time ?? hostTime(),
    processes: options.processes ?? hostProcesses(),
  };
  return {
    name: `file:${context.layout.root}`,
    read: (releaseId, fromSeq = 1) => onDisk(async () => (await readHistory(context, releaseId, fromSeq)).records),
    releases: () => onDisk(() => listReleases(context)),
    send: (releaseId, command) => onDisk(() => sendCommand(context, releaseId, command)),
    join: (owner) => onDisk(() => joinSession(context, owner)),
  };
}
