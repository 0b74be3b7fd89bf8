import type { CommandFact, ReleaseEvent } from '@bluegreen/machine';

/** What a person in the simulation does when a release asks for an approval. */
export type SimulatedApproval = { readonly afterMs: number; readonly by?: string } | 'never';

/** What a person does about a release that is held: paused by its policy, or because somebody else changed its routing. */
export type SimulatedHelp = { readonly afterMs: number; readonly command: 'resume' | 'rollback' } | 'never';

export interface SimulatedPeople {
  /** What approvals get. Default: granted after a minute. */
  readonly approval?: SimulatedApproval;
  /** What a held release gets. Default: nobody comes. */
  readonly held?: SimulatedHelp;
}

/** A command that a person gives later. */
export interface LaterCommand {
  readonly afterMs: number;
  make(at: number): CommandFact;
}

/** What people do about these events, later. */
export function answers(
  events: readonly ReleaseEvent[],
  { approval = { afterMs: 60_000 }, held = 'never' }: SimulatedPeople,
): readonly LaterCommand[] {
  return events.flatMap((event) => {
    if (event.type === 'approval-requested' && approval !== 'never') return [approve(event.gate, event.at, approval)];
    const isHeld = event.type === 'release-paused' || event.type === 'routing-drifted';
    return isHeld && held !== 'never' ? [help(event.type, event.at, held)] : [];
  });
}

function approve(gate: string, askedAt: number, approval: Exclude<SimulatedApproval, 'never'>): LaterCommand {
  return {
    afterMs: approval.afterMs,
    make: (at) => ({
      type: 'approval-granted',
      at,
      command: `${gate}@${askedAt}`,
      gate,
      by: approval.by ?? somebody,
      reason: 'simulated',
    }),
  };
}

function help(type: string, since: number, { afterMs, command }: Exclude<SimulatedHelp, 'never'>): LaterCommand {
  const said = (at: number) => ({ at, command: `${command} ${type}@${since}`, by: somebody, reason: 'simulated' });
  return {
    afterMs,
    make: (at) =>
      command === 'resume'
        ? { type: 'resume-requested', ...said(at) }
        : { type: 'rollback-requested', ...said(at), abort: false },
  };
}

const somebody = 'simulated person';
