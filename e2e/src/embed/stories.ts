import { join } from 'node:path';
import { type Platform, startPlatform } from '@bluegreen/example-platform';
import { eventsOf, isOver, lostApproval } from './journal.js';
import { startProgram } from './programs.js';
import { countWrites, type Signal, type Stage, signals } from './tally.js';
import { wrongEnd } from './witness.js';

const cast = ['ci-job', 'approve', 'drive'] as const;
type Player = (typeof cast)[number];
/** A process that is run again ends sooner or later; more often than this, it never will. */
const mostStarts = 5;

interface Early {
  readonly afterMs: number;
  readonly signal: Signal;
}

/** How long each player worked when it was last left alone: another machine is another length. */
type Lengths = Record<Player, number>;

/**
 * The story of three processes, over and over. The first one is left alone; in each other one a player is ended early, in
 * turn, with each signal.
 */
export async function stories(stage: Stage, count: number): Promise<void> {
  const { tally } = stage;
  const platform = await startPlatform({ services: ['web'], version: 'v0', listening: 'web' });
  const lengths: Lengths = { 'ci-job': 0, approve: 0, drive: 0 };
  try {
    for (let index = 0; index < count; index++) {
      tally.runs++;
      const problem = await story(stage, platform, index, lengths);
      console.error(`story ${index}: ${problem ?? 'converged'}`);
      if (problem === null) tally.converged++;
      else tally.problems.push(`story ${index}: ${problem}`);
    }
    countWrites(tally, platform.log);
  } finally {
    await platform.close();
  }
}

async function story(stage: Stage, platform: Platform, index: number, lengths: Lengths): Promise<string | null> {
  const { directory, chat, random, tally } = stage;
  const { url, urls } = platform;
  const version = `v${index + 1}`;
  const env = {
    ...{ JOURNAL: join(directory, 'stories'), RELEASE: `story-${index}`, VERSION: version },
    ...{ PLATFORM: url, BLUE: urls.blue, GREEN: urls.green, CHAT: chat.url, LEASE_MS: '1500' },
  };
  const victim = index === 0 ? null : cast[index % cast.length]!;
  const signal = signals[Math.floor(index / cast.length) % signals.length]!;
  let isAcknowledged = false;
  for (const role of cast) {
    const early = role === victim ? { afterMs: random() * lengths[role], signal } : null;
    const startedAt = performance.now();
    const problem = await act(stage, role, env, early);
    if (problem !== null) return problem;
    if (early === null) lengths[role] = performance.now() - startedAt;
    if (role === 'approve') isAcknowledged = true;
  }
  const events = await eventsOf(env.JOURNAL, env.RELEASE);
  if (isAcknowledged && lostApproval(events)) {
    tally.approvalsLost++;
    return 'an approval that was acknowledged is not in the journal';
  }
  return wrongEnd(platform, 'web', version, true);
}

/** Runs a role until it has done its work: again, where it was ended before. */
async function act(
  { tally }: Stage,
  role: Player,
  env: Readonly<Record<string, string>> & { readonly JOURNAL: string; readonly RELEASE: string },
  early: Early | null,
): Promise<string | null> {
  for (let starts = 1; starts <= mostStarts; starts++) {
    const { child, ended } = startProgram('ci-approval', [role], env);
    let isSent = false;
    const end = (): void => {
      isSent = child.kill(early!.signal);
    };
    const timer = early === null || starts > 1 ? null : setTimeout(end, early.afterMs);
    const { status, errors } = await ended;
    if (timer !== null) clearTimeout(timer);
    if (isSent) tally.ended[role][early!.signal]++;
    // One that was killed may have recorded the approval before.
    const isApproved = role === 'approve' && /release\/(approved-already|approval-not-open)/.test(errors);
    const isDone = role === 'drive' ? await isOver(env.JOURNAL, env.RELEASE) : status === 0 || isApproved;
    if (isDone) return null;
    if (!isSent) return `${role} ended with ${status}: ${errors.slice(-600)}`;
  }
  return `${role} was started ${mostStarts} times`;
}
