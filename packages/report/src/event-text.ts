import type { ReleaseEvent } from '@bluegreen/machine';
import { answerText } from './answer.js';
import { causeText } from './cause-text.js';
import type { EventOf } from './event-of.js';
import { evidenceText } from './evidence-text.js';
import { printWeight } from './numbers.js';
import type { Tone } from './palette.js';
import type { ReleaseSummary } from './summary.js';
import { clockOf, printLasting, type View } from './view.js';
import { failureText, stepName } from './wording.js';

/** What one event says to a person who reads along. */
export interface EventText {
  /** What it is about: a phase, a step, a gate, a service. */
  readonly subject: string;
  readonly text: string;
  readonly tone: Tone;
}

/** `null` for events that matter to nobody who reads along. */
export function eventText(event: ReleaseEvent, before: ReleaseSummary, after: ReleaseSummary): EventText | null {
  const view: View = { summary: after, at: event.at };
  switch (event.type) {
    case 'orchestrator-resumed':
      if (before.recoveries.length === after.recoveries.length) return null;
      return say('recovered', `by ${event.owner}; nobody watched for ${printLasting(event.absentMs)}`, 'warning');
    case 'phase-entered':
      return phaseText(event, view);
    case 'step-entered':
      return say(`shift ${stepName(event)}`, 'begins');
    case 'step-reached':
      return stepReachedText(event, view);
    case 'weight-raised':
      return say(
        `shift ${printWeight(event.percent)}`,
        `raised from ${printWeight(event.from)}: at this traffic a gate would not decide in time`,
      );
    case 'weight-lowered':
      return say(
        `shift ${printWeight(event.percent)}`,
        `lowered from ${printWeight(event.from)}: something may be wrong`,
        'warning',
      );
    case 'rollback-begun':
      return say('rolling-back', `because ${causeText(after)}`, 'bad');
    case 'release-paused':
      return say('paused', `by ${event.reason}`, 'warning');
    case 'routing-drifted':
      return say(event.service, `drifted: ${event.summary}`, 'warning');
    case 'routing-restored':
      return say(
        event.service,
        `the routing is ours again, after ${printLasting(event.at - event.since)} with somebody else's`,
      );
    case 'retention-extended':
      return say(
        event.service,
        `had traffic on its old slot, which stays warm until ${clockOf(view, event.retainUntil)}`,
      );
    case 'traffic-returned':
      return say(event.service, `${event.slot} serves everyone`);
    case 'teardown-begun':
      return say(event.service, `teardown of ${event.slot} begins; from here on there is no rollback`);
    case 'slot-retired':
      return say(event.service, `${event.slot} is retired`);
    case 'release-promoted':
      return say('promoted', endText(view), 'good');
    case 'release-finished':
      return say(event.end, endText(view), event.end === 'promoted' ? 'good' : 'bad');
    default:
      return gateText(event, before, after, view) ?? serviceText(event, before) ?? personText(event);
  }
}

function say(subject: string, text: string, tone: Tone = 'plain'): EventText {
  return { subject, text, tone };
}

/** The answer without the word that is the subject of the line already. */
function endText(view: View): string {
  return answerText(view).replace(/^(Promoted|Rolled back|Stuck) /, '');
}

/** Ends and rollbacks have events of their own, which say more. */
function phaseText({ phase }: EventOf<'phase-entered'>, view: View): EventText | null {
  const until = view.summary.phases.at(-1)?.until ?? null;
  if (phase === 'baking' && until !== null)
    return say(phase, `everyone is on the candidate; until ${clockOf(view, until)}`);
  const isForward = phase !== 'rolling-back' && phase !== 'promoted' && phase !== 'rolled-back' && phase !== 'stuck';
  return isForward ? say(phase, 'begins') : null;
}

function stepReachedText(event: EventOf<'step-reached'>, view: View): EventText {
  const step = view.summary.steps.at(-1);
  const name = stepName(step ?? { percent: event.percent, audiences: [] });
  const hold = event.until > event.at ? `; holds until ${clockOf(view, event.until)}` : '';
  return say(`shift ${name}`, `reached${hold}`);
}

function gateText(event: ReleaseEvent, before: ReleaseSummary, after: ReleaseSummary, view: View): EventText | null {
  if (event.type === 'approval-requested') {
    const { gate } = after.gates.find((each) => each.gate.id === event.gate) ?? {};
    const from = event.from.length === 0 ? 'anybody' : event.from.join(' or ');
    const then = gate?.kind === 'approval' ? `, then ${gate.onExpiry}` : '';
    const text = `needed from ${from}; expires at ${clockOf(view, event.expiresAt)}${then}`;
    return say(`approval ${gate?.name ?? event.gate}`, text, 'warning');
  }
  if (event.type !== 'gate-judged' && event.type !== 'gate-settled') return null;
  const is = after.gates.find((each) => each.gate.id === event.gate);
  const now = is?.attempts.at(-1);
  const was = before.gates.find((each) => each.gate.id === event.gate)?.attempts.at(-1);
  if (is === undefined || now === undefined || now.verdict === was?.verdict || now.approval !== null) return null;
  // Not enough to decide yet: every gate begins like this.
  if (was?.verdict === null && now.verdict === 'inconclusive') return null;
  const { gate } = is;
  const soFar = gate.kind === 'analysis' && now.verdict === 'pass' && now.settledAt === null ? ' so far' : '';
  const found = evidenceText(after, gate, now);
  const tone = now.verdict === 'fail' ? 'bad' : now.verdict === 'pass' ? 'good' : 'plain';
  return say(
    `gate ${gate.name}`,
    `${now.verdict}${soFar}${found === null ? '' : `: ${found}`}`,
    gate.dryRun ? 'plain' : tone,
  );
}

function serviceText(event: ReleaseEvent, before: ReleaseSummary): EventText | null {
  switch (event.type) {
    case 'effect-started': {
      const { write } = event;
      if (write.kind === 'route') return null;
      return say(
        write.service,
        write.version === null ? `retiring ${write.slot}` : `deploying ${write.version} to ${write.slot}`,
      );
    }
    case 'effect-settled': {
      const { result, key } = event;
      const write = before.writes.findLast((each) => each.key === key);
      if (result.outcome === 'accepted' || write === undefined) return null;
      return say(write.service, `${write.kind} failed with ${failureText(result)}`, 'warning');
    }
    case 'observation-failed': {
      const known = before.services.find(({ name }) => name === event.service)?.lastReadFailure;
      if (known?.code === event.code) return null;
      return say(event.service, `can't be read: ${failureText(event)}`, 'warning');
    }
    case 'environment-observed':
      return readinessText(event, before);
    default:
      return null;
  }
}

/** Says when the candidate becomes ready, stops being ready, or has another reason not to be. */
function readinessText(event: EventOf<'environment-observed'>, before: ReleaseSummary): EventText | null {
  const { service: name, slot, observation } = event;
  const service = before.services.find((each) => each.name === name);
  const { version, ready, desired, whyNotReady = null } = observation;
  if (service === undefined || version !== service.version || service.roles?.active === slot) return null;
  const seen = service.slots[slot].seen;
  const isReady = ready > 0 && ready >= desired;
  const wasReady = seen !== null && seen.version === version && seen.ready > 0 && seen.ready >= seen.desired;
  if (isReady === wasReady && (isReady || (seen?.whyNotReady ?? null) === whyNotReady)) return null;
  const why = isReady || whyNotReady === null ? '' : `: ${whyNotReady}`;
  return say(name, `${slot} ${version}, ${ready} of ${desired} ready${why}`, isReady ? 'good' : 'warning');
}

function personText(event: ReleaseEvent): EventText | null {
  switch (event.type) {
    case 'approval-granted':
      return say(`approval ${event.gate.replace(/^.*\//, '')}`, `by ${event.by}: ${event.reason}`, 'good');
    case 'resume-requested':
      return say('resumed', `by ${event.by}: ${event.reason}`);
    case 'retry-requested':
      return say('retry', `by ${event.by}: ${event.reason}`);
    case 'retention-cut':
      return say('retention', `cut short by ${event.by}: ${event.reason}`);
    case 'command-refused':
      return say('refused', `${event.requested} by ${event.by} (${event.code})`, 'warning');
    default:
      return null;
  }
}
