import type { Announcement, CommandFact, ReleaseEvent } from '@bluegreen/machine';

/** Whoever a webhook asks answers so, after so long. */
export const webhookSummary = 'allowed';
export const webhookLatencyMs = 50;

/** A hook does its work in so long, and well. */
export const hookLatencyMs = 2_000;

/** What a person in the simulation does when a release asks for an approval. */
export type SimulatedApproval = { readonly afterMs: number; readonly by?: string } | 'never';

/**
 * What a person does about a release that is held: paused by its policy, or because somebody else changed its routing.
 * Before that, the person repairs what broke for good; where a rollback is refused, the release is resumed.
 */
export type SimulatedHelp = { readonly afterMs: number; readonly command: 'resume' | 'rollback' } | 'never';

/** The same for a release that is stuck; where a rollback is refused, it is retried. */
export type SimulatedRescue = { readonly afterMs: number; readonly command: 'retry' | 'rollback' } | 'never';

/** A command that a person gives at an instant, whatever the release does then. */
export interface PlannedCommand {
  /** Since the release was requested. */
  readonly afterMs: number;
  readonly command: 'approve' | 'skip' | 'pause' | 'resume' | 'rollback' | 'abort' | 'retry' | 'cut-retention';
  /** For `approve` and `skip`. */
  readonly gate?: string;
  readonly by?: string;
}

export interface SimulatedPeople {
  /** What approvals get. Default: granted after a minute. */
  readonly approval?: SimulatedApproval;
  /** What a held release gets. Default: nobody comes. */
  readonly held?: SimulatedHelp;
  /** What a stuck release gets, where the run goes on after it. Default: nobody comes. */
  readonly stuck?: SimulatedRescue;
  /** What somebody says besides. Default: nothing. */
  readonly commands?: readonly PlannedCommand[];
}

/** A command that a person gives later. */
export interface LaterCommand {
  readonly id: string;
  readonly afterMs: number;
  /** Whether the person repairs the service first. */
  readonly isHelp: boolean;
  make(at: number): CommandFact;
}

/** What people do about these events, later. */
export function answers(
  events: readonly ReleaseEvent[],
  { approval = { afterMs: 60_000 }, held = 'never', stuck = 'never' }: SimulatedPeople,
): readonly LaterCommand[] {
  return events.flatMap((event): LaterCommand[] => {
    switch (event.type) {
      case 'approval-requested':
        return approval === 'never' ? [] : approvals(event, approval);
      case 'release-paused':
      case 'routing-drifted':
        return held === 'never' ? [] : [help(held.command, held.afterMs, `${event.type}@${event.at}`)];
      case 'release-stuck':
        return stuck === 'never' ? [] : [help(stuck.command, stuck.afterMs, `${event.type}@${event.at}`)];
      case 'command-refused':
        return secondThought(event, held, stuck);
      default:
        return [];
    }
  });
}

/** As many different people as the gate wants, all at once. */
function approvals(
  { gate, at: askedAt, count = 1 }: Announcement & { readonly type: 'approval-requested' },
  { afterMs, by = somebody }: Exclude<SimulatedApproval, 'never'>,
): LaterCommand[] {
  return Array.from({ length: count }, (_, index) => {
    const id = index === 0 ? `${gate}@${askedAt}` : `${gate}@${askedAt}#${index + 1}`;
    const who = index === 0 ? by : `${by} ${index + 1}`;
    const make = (at: number): CommandFact => ({
      type: 'approval-granted',
      at,
      command: id,
      gate,
      by: who,
      reason: 'simulated',
    });
    return { id, afterMs, isHelp: false, make };
  });
}

function secondThought(
  { at, command, requested }: Announcement & { readonly type: 'command-refused' },
  held: SimulatedHelp,
  stuck: SimulatedRescue,
): LaterCommand[] {
  if (requested !== 'rollback-requested') return [];
  const isAboutStuck = command.includes('release-stuck');
  const first = isAboutStuck ? stuck : held;
  if (first === 'never') return [];
  return [help(isAboutStuck ? 'retry' : 'resume', first.afterMs, `command-refused@${at}`)];
}

/** The planned commands, each to be given so long after the request. */
export function plannedCommands({ commands = [] }: SimulatedPeople): readonly LaterCommand[] {
  return commands.map(({ afterMs, command, gate = '', by = somebody }, index) => {
    const id = `${command} ${index + 1}`;
    const make = (at: number): CommandFact => {
      const said = { at, command: id, by, reason: 'simulated' };
      switch (command) {
        case 'approve':
          return { type: 'approval-granted', ...said, gate };
        case 'skip':
          return { type: 'gate-skip-requested', ...said, gate };
        case 'rollback':
        case 'abort':
          return { type: 'rollback-requested', ...said, abort: command === 'abort' };
        case 'cut-retention':
          return { type: 'retention-cut', ...said };
        default:
          return { type: `${command}-requested`, ...said };
      }
    };
    return { id, afterMs, isHelp: false, make };
  });
}

function help(command: 'resume' | 'retry' | 'rollback', afterMs: number, why: string): LaterCommand {
  const id = `${command} ${why}`;
  const said = (at: number) => ({ at, command: id, by: somebody, reason: 'simulated' });
  return {
    id,
    afterMs,
    isHelp: true,
    make: (at) =>
      command === 'rollback'
        ? { type: 'rollback-requested', ...said(at), abort: false }
        : { type: `${command}-requested`, ...said(at) },
  };
}

const somebody = 'simulated person';
