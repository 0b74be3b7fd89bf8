import type { Journal } from '@bluegreen/contract';
import type { Phase, ReleaseState } from '@bluegreen/machine';
import { foldRecords } from './read-journal.js';

export interface ReleaseFilter {
  readonly phase?: Phase;
  readonly service?: string;
}

/** One line about a release. */
export interface ReleaseListing {
  readonly id: string;
  readonly phase: Phase;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  readonly requestedBy: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** All releases of a journal, oldest first. */
export async function listReleases(journal: Journal, filter: ReleaseFilter): Promise<readonly ReleaseListing[]> {
  const listed: ReleaseListing[] = [];
  for (const id of await journal.releases()) {
    const state = foldRecords(await journal.read(id));
    if (state !== null && matches(state, filter)) listed.push(listing(state));
  }
  return listed;
}

function matches(state: ReleaseState, { phase, service }: ReleaseFilter): boolean {
  return (phase === undefined || state.phase === phase) && (service === undefined || service in state.services);
}

function listing({ id, phase, requestedAt, requestedBy, plan }: ReleaseState): ReleaseListing {
  const versions = Object.fromEntries(Object.entries(plan.services).map(([name, { version }]) => [name, version]));
  return { id, phase, requestedAt, requestedBy, versions };
}
