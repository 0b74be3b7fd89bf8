import { type Clock, type ErrorCode, fail, type Journal, type JournalRecord } from '@bluegreen/contract';
import { type CommandFact, type ReleaseEvent, type ReleaseState, refusal } from '@bluegreen/machine';
import { type Authorize, withRoles } from './authorization.js';
import type { Drives } from './drives.js';
import { readState } from './read-journal.js';

type WithoutIdentity<F> = F extends unknown ? Omit<F, 'at' | 'command'> : never;

/** What somebody wants, without when and under which id. */
export type CommandDraft = WithoutIdentity<CommandFact>;

export interface CommandContext {
  readonly journal: Journal;
  readonly drives: Drives;
  readonly clock: Clock;
  readonly authorize: Authorize | undefined;
}

/**
 * Leaves a command for whoever drives the release, in this process or another. Durable when it resolves; where the
 * release is driven here, it is applied by then, unless this process is just losing it: then the next owner applies it.
 *
 * @throws `release/unknown`, or the code of the refusal as far as the journal tells already
 */
export async function giveCommand(
  context: CommandContext,
  releaseId: string,
  draft: CommandDraft,
  commandId: string,
): Promise<void> {
  const { journal, drives, clock, authorize } = context;
  const said = { ...draft, at: clock.now(), command: commandId } as CommandFact;
  // Where this process can't tell roles, the one that drives the release can.
  const refusalIn = async (state: ReleaseState): Promise<ErrorCode | null> =>
    refusal(state, authorize === undefined ? said : await withRoles(said, state, authorize));
  const driven = drives.get(releaseId)?.state ?? null;
  let state = driven ?? (await readState(journal, releaseId));
  let refused = await refusalIn(state);
  if (refused !== null && driven !== null) {
    // Whoever was stopped for a while may have lost the release without knowing: the journal knows what is true.
    state = await readState(journal, releaseId);
    refused = await refusalIn(state);
  }
  if (refused !== null) throw fail(refused, { detail: releaseId });
  if (said.type === 'retry-requested' || state.phase === 'stuck') await refuseSuperseded(context, releaseId);
  // Roles are not sent: who drives the release asks again.
  const { command, ...rest } = said;
  await journal.send(releaseId, { id: command, ...rest });
  const drive = drives.get(releaseId);
  // A stuck release is driven by nobody: whoever opens it drives it, if nobody else does.
  if (drive === undefined) {
    if (state.phase === 'stuck') await drives.takeOver(releaseId);
    return;
  }
  await drive.collectCommands();
  if (drive.state.commands.includes(command)) return;
  const code = await refusedCode(journal, releaseId, command);
  if (code !== null) throw fail(code, { detail: releaseId });
}

/** What the journal says of a command that was refused; `null` where it was not, or still waits for an owner. */
async function refusedCode(journal: Journal, releaseId: string, command: string): Promise<ErrorCode | null> {
  const records = (await journal.read(releaseId)) as readonly JournalRecord<ReleaseEvent>[];
  for (const { event } of records) {
    if (event.type === 'command-refused' && event.command === command) return event.code as ErrorCode;
  }
  return null;
}

/** An old release that is stuck must not touch what a newer one has decided since. */
async function refuseSuperseded({ journal }: CommandContext, releaseId: string): Promise<void> {
  const ids = await journal.releases();
  const { plan } = await readState(journal, releaseId);
  for (const id of ids.slice(ids.indexOf(releaseId) + 1)) {
    const newer = await readState(journal, id);
    const shared = Object.keys(newer.plan.services).some((name) => name in plan.services);
    if (shared) throw fail('release/superseded', { detail: `${releaseId} by ${id}` });
  }
}
