import type { CommandFact, ReleaseState } from '@bluegreen/machine';
import { everyGate, skipRole } from '@bluegreen/machine';

/**
 * Says whether a person has a role. Asked when a command is given, and again by the process that drives the release.
 * `role` is what `from` of an approval names, or `skip-gate`. Throwing refuses the command.
 */
export type Authorize = (
  by: string,
  role: string,
  context: { readonly releaseId: string; readonly services: readonly string[] },
) => Promise<boolean> | boolean;

/**
 * The command with the roles that this person really has, among those it needs. Without `authorize` nobody has a role:
 * then `from` of an approval names people, and anybody may skip a gate.
 */
export async function withRoles(
  command: CommandFact,
  state: ReleaseState,
  authorize: Authorize | undefined,
): Promise<CommandFact> {
  const asked = rolesAsked(command, state);
  if (asked === null) return command;
  if (authorize === undefined) return command.type === 'approval-granted' ? { ...command, roles: [] } : command;
  const context = { releaseId: state.id, services: Object.keys(state.services) };
  const granted = await Promise.all(asked.map((role) => authorize(command.by, role, context)));
  return { ...command, roles: asked.filter((_, index) => granted[index] === true) };
}

/** `null` for a command that needs no role. */
function rolesAsked(command: CommandFact, state: ReleaseState): readonly string[] | null {
  if (command.type === 'gate-skip-requested') return [skipRole];
  if (command.type !== 'approval-granted') return null;
  const roles = new Set<string>();
  for (const gate of everyGate(state)) {
    if (gate.kind !== 'approval' || (gate.name !== command.gate && gate.id !== command.gate)) continue;
    for (const role of gate.from) roles.add(role);
  }
  return [...roles];
}
