import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ReleaseEvent, WebhookQuestion } from '@bluegreen/core';
import { type Platform, startPlatform } from '@bluegreen/example-platform';
import { type Board, startBoard } from './board.js';
import { eventsOf } from './journal.js';
import { type Ask, type Part, partAt } from './parts.js';
import { Servers } from './servers.js';
import { countWrites, type Stage } from './tally.js';
import { wrongEnd } from './witness.js';

/** Longer than a round takes on a slow machine. */
const patienceMs = 240_000;
const lookMs = 250;

interface Round {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  readonly part: Part;
}

interface Place {
  readonly stage: Stage;
  readonly servers: Servers;
  readonly platform: Platform;
  readonly board: Board;
  readonly journal: string;
}

/** Rounds of releases of all services at once, through servers that are ended all the time. */
export async function serverRounds(
  stage: Stage,
  { rounds, count }: { readonly rounds: number; readonly count: number },
): Promise<void> {
  const { tally, directory, chat } = stage;
  const services = Array.from({ length: count }, (_, index) => `service-${index + 1}`);
  const platform = await startPlatform({ services, version: 'v0' });
  const board = await startBoard();
  const journal = join(directory, 'servers');
  const about = { BOARD: board.url, BOARD_SECRET: board.secret, CHAT: chat.url };
  const servers = new Servers(stage, { ...about, PLATFORM: platform.url, JOURNAL: journal, LEASE_MS: '1500' });
  try {
    await servers.start();
    for (let round = 1; round <= rounds; round++) {
      const releases = services.map((service, index) => {
        const id = `round-${round}-${service}`;
        return { id, service, version: `v${round}`, part: partAt(index) };
      });
      await Promise.all(releases.map((each) => take(each, { stage, servers, platform, board, journal })));
    }
  } finally {
    await servers.close();
    await board.close();
    await platform.close();
  }
  tally.problems.push(...board.problems);
  countWrites(tally, platform.log);
}

async function take(release: Round, place: Place): Promise<void> {
  const { tally } = place.stage;
  const name = `${release.id} (${release.part.name})`;
  tally.runs++;
  try {
    const problem = await released(release, place);
    if (problem === null) tally.converged++;
    else tally.problems.push(`${name}: ${problem}`);
  } catch (error) {
    tally.problems.push(`${name}: ${error}`);
  }
}

async function released(release: Round, place: Place): Promise<string | null> {
  const { servers, platform, board, journal } = place;
  const { id, service, version, part } = release;
  if (part.board !== null) board.expect(id, part.board);
  const wanted = { id, versions: { [service]: version }, policy: part.policy, requestedBy: 'ci' };
  const requested = await servers.ask('POST', '/releases', { body: JSON.stringify(wanted) });
  if (requested.status !== 201) return `refused: ${requested.text}`;
  const problem = part.policy === 'board' ? await boardSays(release, place) : null;
  if (problem !== null) return problem;
  if (part.policy === 'person') await recorded(journal, id, 'approval-requested');
  for (const ask of part.asks) {
    const refused = await said(release, ask, place);
    if (refused !== null) return refused;
  }
  await recorded(journal, id, 'release-finished');
  const explained = await servers.ask('GET', `/releases/${id}`);
  if (explained.status !== 200) return `explain: ${explained.status} ${explained.text}`;
  const streamed = await servers.ask('GET', `/releases/${id}/events`);
  if (!streamed.text.includes('event: release-finished\n')) return `its stream ended with ${streamed.text.slice(-200)}`;
  return wrongEnd(platform, service, version, part.isPromoted);
}

/** A person asks, until somebody did it. */
async function said({ id }: Round, { verb, gate, done }: Ask, place: Place): Promise<string | null> {
  const { servers, journal, stage } = place;
  const body = JSON.stringify({ by: 'ann', reason: 'looks good', gate });
  const { status, text } = await servers.ask('POST', `/releases/${id}/${verb}`, { body });
  // Refused because the same was recorded already, by a server that could not say so any more; the journal tells.
  if (status !== 204 && status !== 409) return `${verb}: ${status} ${text}`;
  try {
    await recorded(journal, id, done);
    return null;
  } catch (error) {
    if (verb === 'approve' && status === 204) stage.tally.approvalsLost++;
    throw error;
  }
}

/** Waits until the board was asked; what it answers later is sent twice, as one does that got no answer. */
async function boardSays({ id, part }: Round, { board, servers, journal, stage }: Place): Promise<string | null> {
  let question: WebhookQuestion | null = null;
  await until(`no question about ${id}`, async () => {
    question = board.question(id);
    return question !== null;
  });
  if (part.later === null) return null;
  const answer = board.answer(question!, part.later);
  for (const time of ['first', 'second']) {
    const { status, text } = await servers.ask('POST', '/answers', answer);
    if (status !== 204) return `its ${time} answer: ${status} ${text}`;
    await recorded(journal, id, 'webhook-answered').catch((error) => {
      stage.tally.answersLost++;
      throw error;
    });
  }
  await recorded(journal, id, 'release-finished');
  const answered = (await eventsOf(journal, id)).filter(({ type }) => type === 'webhook-answered').length;
  return answered === 1 ? null : `one answer was recorded ${answered} times`;
}

/** Waits until an event of this type is in the journal. */
async function recorded(journal: string, id: string, type: ReleaseEvent['type']): Promise<void> {
  await until(`no ${type} of ${id}`, async () => (await eventsOf(journal, id)).some((event) => event.type === type));
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt) throw new Error(what);
    await setTimeout(lookMs);
  }
}
