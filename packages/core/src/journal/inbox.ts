import { join } from 'node:path';
import { fail, type JournalCommand } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { makeDurableDirectory, replaceFile } from './durable-file.js';
import { encodeName } from './file-name.js';
import { unlessMissing } from './file-system.js';
import { freezeParsed, frozenCommand, isCommand } from './frozen-json.js';
import { inboxName, type NumberedName, numberedName, numberedNames, setAsideName } from './layout.js';
import { onDisk } from './storage-failure.js';

/**
 * Leaves a command. Its number is higher than that of every command that waits, so one that is sent after another was
 * durable comes after it, whatever the clocks of the senders say.
 */
export async function sendCommand(context: JournalContext, releaseId: string, given: JournalCommand): Promise<void> {
  const { fileSystem, layout } = context;
  const command = frozenCommand(given);
  const release = layout.release(releaseId);
  const inbox = join(release, inboxName);
  if ((await unlessMissing(fileSystem.list(release), null)) === null) {
    throw fail('journal/release-unknown', { detail: releaseId });
  }
  // Missing after a copy by a tool that leaves out empty directories.
  await makeDurableDirectory(context, inbox);
  const waiting = numberedNames(await fileSystem.list(inbox));
  const name = encodeName(command.id);
  if (!waiting.some((entry) => entry.name === name)) {
    const path = join(inbox, numberedName((waiting.at(-1)?.number ?? 0) + 1, name));
    await replaceFile(context, path, JSON.stringify(command), { sync: true });
  }
  await fileSystem.syncDirectory(inbox);
  // Whoever made the release may have died before this.
  await fileSystem.syncDirectory(layout.releases);
}

/** Commands that wait, oldest first, each id once. What is no command is moved out of the way. */
export function waitingCommands(context: JournalContext, releaseId: string): Promise<readonly JournalCommand[]> {
  return onDisk(async () => {
    const commands = new Map<string, JournalCommand>();
    for (const entry of await inboxEntries(context, releaseId)) {
      const command = await readCommand(context, releaseId, entry);
      if (command !== null && !commands.has(command.id)) commands.set(command.id, command);
    }
    return [...commands.values()];
  });
}

export function forgetCommands(context: JournalContext, releaseId: string, ids: readonly string[]): Promise<void> {
  return onDisk(async () => {
    const names = new Set(ids.map(encodeName));
    const inbox = join(context.layout.release(releaseId), inboxName);
    for (const { file, name } of await inboxEntries(context, releaseId)) {
      if (names.has(name)) await unlessMissing(context.fileSystem.remove(join(inbox, file)), undefined);
    }
  });
}

/** The files in a release's inbox, in order; none when there is no inbox. */
export async function inboxEntries(
  { fileSystem, layout }: JournalContext,
  releaseId: string,
): Promise<readonly NumberedName[]> {
  return numberedNames(await unlessMissing(fileSystem.list(join(layout.release(releaseId), inboxName)), []));
}

async function readCommand(
  context: JournalContext,
  releaseId: string,
  { file, name }: NumberedName,
): Promise<JournalCommand | null> {
  const release = context.layout.release(releaseId);
  const path = join(release, inboxName, file);
  const bytes = await unlessMissing(context.fileSystem.read(path), null);
  if (bytes === null) return null;
  const command = parseCommand(Buffer.from(bytes).toString('utf8'));
  // The name is what `forget` goes by.
  if (command !== null && encodeName(command.id) === name) return command;
  await context.fileSystem.makeDirectory(join(release, setAsideName));
  await unlessMissing(context.fileSystem.rename(path, join(release, setAsideName, file)), undefined);
  return null;
}

function parseCommand(text: string): JournalCommand | null {
  try {
    const command: unknown = JSON.parse(text);
    return isCommand(command) ? freezeParsed(command) : null;
  } catch {
    return null;
  }
}
