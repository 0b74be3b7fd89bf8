import { fail } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { replaceFile } from './durable-file.js';
import { unlessMissing } from './file-system.js';
import type { ProcessIdentity } from './host.js';
import { damaged, decodeLines, encodeLine } from './line.js';
import { ageMs, isMoment, type Moment, momentNow } from './moment.js';
import { format } from './segment.js';

/** One owner's sign of life: one small file, written anew with every renewal, for all its leases. */
export interface Presence {
  readonly format: typeof format;
  readonly owner: string;
  readonly process: ProcessIdentity;
  readonly renewedAt: Moment;
  readonly ttlMs: number;
}

/**
 * Writes the presence. Not synced: after a power loss its boot is over, and with it the owner, whatever the file says.
 */
export async function writePresence(
  context: JournalContext,
  name: string,
  { owner, ttlMs }: { readonly owner: string; readonly ttlMs: number },
): Promise<void> {
  const self = context.processes.self();
  const presence: Presence = { format, owner, process: self, renewedAt: momentNow(context.time, self), ttlMs };
  await replaceFile(context, context.layout.presence(name), encodeLine(presence), { sync: false });
}

/** The presence of that name; `null` when it was removed, or torn by a power loss. @throws `journal/version-unknown` */
export async function readPresence({ fileSystem, layout }: JournalContext, name: string): Promise<Presence | null> {
  const bytes = await unlessMissing(fileSystem.read(layout.presence(name)), null);
  if (bytes === null) return null;
  const value = decodeLines(bytes).next().value;
  if (value === undefined || value === damaged) return null;
  const presence = value as Presence | null;
  if (presence?.format === format && isMoment(presence.renewedAt)) return presence;
  throw fail('journal/version-unknown', { detail: `${layout.presence(name)}: format ${String(presence?.format)}` });
}

/** Whether somebody else may take what this owner holds. */
export function isDead({ time, processes }: JournalContext, presence: Presence): boolean {
  return (
    processes.isGone(presence.process) || ageMs(presence.renewedAt, momentNow(time, processes.self())) > presence.ttlMs
  );
}
