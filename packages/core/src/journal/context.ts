import type { FileSystem } from './file-system.js';
import type { HostProcesses, HostTime } from './host.js';
import type { Layout } from './layout.js';

/** What every part of a file journal works with. */
export interface JournalContext {
  readonly fileSystem: FileSystem;
  readonly layout: Layout;
  readonly time: HostTime;
  readonly processes: HostProcesses;
}
