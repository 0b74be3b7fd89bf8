import type { ReleaseEvent } from '@bluegreen/machine';
import { found, type JudgedRelease } from './judged.js';

type Started = Extract<ReleaseEvent, { readonly type: 'effect-started' }>;
type Settled = Extract<ReleaseEvent, { readonly type: 'effect-settled' }>;

/** The least time between two tries of what failed: half of the first step of the backoff. */
const leastPauseMs = 250;
/** Rolling back and retiring have so many times the attempts of the policy. */
const mostPatience = 4;

interface Tries {
  count: number;
  last: Settled | null;
}

/**
 * L3 and F12: what failed is tried again after a pause, as long as the provider asks for, and a bounded number of times; what
 * was refused for good is not tried again until a person or a new owner comes.
 */
export function retriesAreBounded(judged: JudgedRelease): string[] {
  const problems: string[] = [];
  const tries = new Map<string, Tries>();
  const goals = new Map<string, string>();
  for (const { event } of judged.records) {
    if (event.type === 'orchestrator-resumed' || 'command' in event) tries.clear();
    if (event.type === 'effect-started') {
      const goal = goalOf(event);
      goals.set(event.key, goal);
      const tried = tries.get(goal) ?? { count: 0, last: null };
      const why =
        tooSoon(event.at, tried) ??
        (tried.count >= mostTries(event, judged) ? `for the ${tried.count + 1}th time` : null);
      if (why !== null) problems.push(found('L3', event.at, judged, `${goal} again ${why}`));
      tries.set(goal, { ...tried, count: tried.count + 1 });
    }
    if (event.type !== 'effect-settled') continue;
    const goal = goals.get(event.key);
    if (goal === undefined) continue;
    if (event.result.outcome === 'failed') tries.set(goal, { count: tries.get(goal)?.count ?? 1, last: event });
    else tries.set(goal, { count: tries.get(goal)?.count ?? 1, last: null });
  }
  return problems;
}

/** What is wanted, without what counts up: the stamp of a routing, the attempt and the generation of a slot. */
function goalOf({ key, write }: Started): string {
  const parts = key.split('/');
  if (write.kind === 'route') return parts.slice(0, -1).join('/');
  return write.tend === undefined
    ? `${parts.slice(0, -2).join('/')} ${write.atLeast ?? 0}`
    : `${parts.slice(0, -1).join('/')} ${write.tend.autoscaling} ${write.tend.workers}`;
}

function mostTries({ key, write }: Started, { state }: JudgedRelease): number {
  const { attempts } = state.plan.policy.limits;
  if (write.kind === 'route') return /\/(rolling-back|retiring)\//.test(key) ? attempts * mostPatience : attempts;
  return write.tend === undefined && write.version !== null ? attempts : attempts * mostPatience;
}

function tooSoon(at: number, { last }: Tries): string | null {
  if (last === null || last.result.outcome !== 'failed') return null;
  if (last.result.reaction === 'permanent') return 'although it was refused for good';
  const pauseMs = Math.max(leastPauseMs, last.result.retryAfterMs ?? 0);
  return at - last.at < pauseMs ? `after ${at - last.at} ms of ${pauseMs}` : null;
}
