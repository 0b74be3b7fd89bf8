import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ReleaseEvent } from '@bluegreen/core';
import { type Platform, startPlatform } from '@bluegreen/example-platform';
import { eventsOf } from './journal.js';
import { Servers } from './servers.js';
import { countWrites, type Stage } from './tally.js';
import { wrongEnd } from './witness.js';

/** Longer than a round takes on a slow machine. */
const patienceMs = 240_000;
const lookMs = 250;

interface Part {
  readonly release: string;
  readonly service: string;
  readonly version: string;
  /** What is asked while the release waits for its approval. The first of ten goes back, the second one is paused before. */
  readonly kind: 'approve' | 'rollback' | 'pause';
}

/** Rounds of releases of all services at once, through servers that are ended all the time. */
export async function serverRounds(
  stage: Stage,
  { rounds, count }: { readonly rounds: number; readonly count: number },
): Promise<void> {
  const { tally, directory, chat } = stage;
  const services = Array.from({ length: count }, (_, index) => `service-${index + 1}`);
  const platform = await startPlatform({ services, version: 'v0' });
  const journal = join(directory, 'servers');
  const env = { PLATFORM: platform.url, JOURNAL: journal, CHAT: chat.url, LEASE_MS: '1500' };
  const servers = new Servers(stage, env);
  try {
    await servers.start();
    for (let round = 1; round <= rounds; round++) {
      const parts = services.map((service, index) => partOf(service, index, round));
      await Promise.all(parts.map((part) => take(part, { stage, servers, platform, journal })));
    }
  } finally {
    await servers.close();
    await platform.close();
  }
  countWrites(tally, platform.log);
}

function partOf(service: string, index: number, round: number): Part {
  const kind = index % 10 === 0 ? 'rollback' : index % 10 === 1 ? 'pause' : 'approve';
  return { release: `round-${round}-${service}`, service, version: `v${round}`, kind };
}

interface Place {
  readonly stage: Stage;
  readonly servers: Servers;
  readonly platform: Platform;
  readonly journal: string;
}

async function take(part: Part, place: Place): Promise<void> {
  const { tally } = place.stage;
  tally.runs++;
  try {
    const problem = await released(part, place);
    if (problem === null) tally.converged++;
    else tally.problems.push(`${part.release}: ${problem}`);
  } catch (error) {
    tally.problems.push(`${part.release}: ${error}`);
  }
}

async function released(part: Part, { stage, servers, platform, journal }: Place): Promise<string | null> {
  const { release: id, service, version, kind } = part;
  const requested = await servers.ask('POST', '/releases', { id, versions: { [service]: version }, requestedBy: 'ci' });
  if (requested.status !== 201) return `refused: ${requested.text}`;
  await recorded(journal, id, 'approval-requested');
  const said = { by: 'ann', reason: 'looks good' };
  const asked = kind === 'approve' ? ['approve'] : kind === 'rollback' ? ['rollback'] : ['pause', 'resume', 'approve'];
  const seen = {
    pause: 'release-paused',
    resume: 'release-resumed',
    approve: 'approval-granted',
    rollback: 'rollback-begun',
  };
  for (const verb of asked) {
    const { status, text } = await servers.ask('POST', `/releases/${id}/${verb}`, said);
    // Refused because the same was recorded already, by a server that could not say so any more; the journal tells.
    if (status !== 204 && status !== 409) return `${verb}: ${status} ${text}`;
    try {
      await recorded(journal, id, seen[verb as keyof typeof seen] as ReleaseEvent['type']);
    } catch (error) {
      if (verb === 'approve' && status === 204) stage.tally.approvalsLost++;
      throw error;
    }
  }
  await recorded(journal, id, 'release-finished');
  const explained = await servers.ask('GET', `/releases/${id}`);
  if (explained.status !== 200) return `explain: ${explained.status} ${explained.text}`;
  const streamed = await servers.ask('GET', `/releases/${id}/events`);
  if (!streamed.text.includes('event: release-finished\n')) return `its stream ended with ${streamed.text.slice(-200)}`;
  return wrongEnd(platform, service, version, kind !== 'rollback');
}

/** Waits until an event of this type is in the journal. */
async function recorded(journal: string, id: string, type: ReleaseEvent['type']): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const events = await eventsOf(journal, id);
    if (events.some((event) => event.type === type)) return;
    if (performance.now() > giveUpAt) throw new Error(`no ${type}; last was ${events.at(-1)?.type}`);
    await setTimeout(lookMs);
  }
}
