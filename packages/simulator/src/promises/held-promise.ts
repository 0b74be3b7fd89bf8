import { compareFences, isMixtureOf } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import type { RoutingRecord } from '../world/ledger.js';
import { exposesMore, found, type JudgedRelease, routingOf, targetOf } from './judged.js';

type At<T extends ReleaseEvent['type']> = Extract<ReleaseEvent, { readonly type: T }>;
type Started = At<'effect-started'>;

/**
 * S32 and S33: a release that is paused, or whose routing somebody else changed, gives the candidate no more users, begins
 * nothing that can't be undone, and takes no step, until a person says so or it goes back.
 */
export function heldReleasesWait(judged: JudgedRelease): string[] {
  const problems: string[] = [];
  let isPaused = false;
  const drifted = new Set<string>();
  for (const { event } of judged.records) {
    if (event.type === 'release-paused') isPaused = true;
    if (event.type === 'routing-drifted') drifted.add(event.service);
    if (event.type === 'routing-restored') drifted.delete(event.service);
    if (event.type === 'release-resumed' || event.type === 'resume-requested' || isOnTheWayBack(event)) {
      isPaused = false;
      drifted.clear();
    }
    if (!isPaused && !isDrifting(drifted, event.at, judged)) continue;
    const what = isForwardStep(event) ? event.type : overstepped(event, judged);
    if (what !== null)
      problems.push(found('S33', event.at, judged, `${what} while ${isPaused ? 'paused' : 'drifted'}`));
  }
  return problems;
}

/** The read that shows the routing as it was lets the release go on, and is announced after what it allowed. */
function isDrifting(drifted: ReadonlySet<string>, at: number, { records }: JudgedRelease): boolean {
  return [...drifted].some(
    (service) =>
      !records.some(({ event }) => event.type === 'routing-restored' && event.service === service && event.at === at),
  );
}

function isOnTheWayBack(event: ReleaseEvent): boolean {
  if (event.type === 'rollback-requested' || event.type === 'retry-requested') return true;
  return event.type === 'phase-entered' && (event.phase === 'rolling-back' || event.phase === 'stuck');
}

function isForwardStep(event: ReleaseEvent): boolean {
  if (event.type === 'step-entered' || event.type === 'step-reached') return true;
  return event.type === 'phase-entered' && ['verifying', 'shifting', 'baking', 'retiring'].includes(event.phase);
}

function overstepped(event: ReleaseEvent, judged: JudgedRelease): string | null {
  if (event.type !== 'effect-started') return null;
  const { write } = event;
  if (write.kind === 'converge') {
    if (write.tend !== undefined) return null;
    if (write.version === null) return `${write.slot} was to be retired`;
    return isDeployment(event, judged) ? `${write.slot} was to be deployed` : null;
  }
  const candidate = judged.state.services[write.service]!.roles?.candidate;
  if (candidate === undefined) return null;
  const before = routingOf(judged.ledger, write.service).findLast(({ at }) => at <= event.at);
  const isMore = exposesMore(before === undefined ? null : targetOf(before), write.target, candidate);
  return isMore ? `${candidate} was to get more users` : null;
}

/** More instances of what runs there already take nothing from anybody. */
function isDeployment({ write, at }: Started, { ledger, state }: JudgedRelease): boolean {
  if (write.kind !== 'converge') return false;
  const there = ledger.deployments.findLast(
    (one) => one.service === write.service && one.slot === write.slot && one.at <= at,
  );
  return there?.releaseId !== state.id;
}

/** Nobody gets more users outside of the windows of the policy. */
export function windowsAreKept(judged: JudgedRelease): string[] {
  const { openings } = judged.state.plan;
  if (openings === undefined) return [];
  const isOpen = (at: number): boolean => openings.some(({ fromMs, untilMs }) => fromMs <= at && at < untilMs);
  return judged.records.flatMap(({ event }) => {
    if (event.type !== 'effect-started' || event.write.kind !== 'route' || isOpen(event.at)) return [];
    const what = overstepped(event, judged);
    return what === null ? [] : [found('windows', event.at, judged, `${what} outside of every window`)];
  });
}

/**
 * S33: what somebody else wrote is not written over, unless a person or a rollback said so since, or nobody had read the
 * routing before.
 */
export function foreignEditsStay(judged: JudgedRelease): string[] {
  return Object.keys(judged.state.services).flatMap((service) => {
    const routing = routingOf(judged.ledger, service);
    return routing.flatMap((record, index) => {
      const [own, edit] = [routing[index - 2], routing[index - 1]];
      if (
        record.by !== 'route' ||
        own === undefined ||
        edit === undefined ||
        !isEdit(edit, routing.slice(0, index - 1))
      )
        return [];
      if (isUnder(record, edit, judged) || isUnread(service, own, edit, judged) || looksLikeOurs(own, edit, record)) {
        return [];
      }
      if (isAnswered(service, edit.at, record.at, judged)) return [];
      return [found('S33', record.at, judged, `what somebody else wrote to ${service} at ${edit.at} was overwritten`)];
    });
  });
}

const foreign: readonly RoutingRecord['by'][] = ['foreign', 'vanished'];

/** Whoever puts back what was there before others came edits nothing. */
function isEdit({ by, revision }: RoutingRecord, earlier: readonly RoutingRecord[]): boolean {
  const kept = earlier.findLast((record) => !foreign.includes(record.by));
  return foreign.includes(by) && revision !== kept?.revision;
}

/** The write was under way when somebody edited: what expects a revision is refused by its router, the others can't know. */
function isUnder({ key }: RoutingRecord, edit: RoutingRecord, judged: JudgedRelease): boolean {
  const begun = writeOf(key, judged);
  return begun !== null && begun.at <= edit.at;
}

function writeOf(key: string | null, { records }: JudgedRelease): Started | null {
  for (const { event } of records) if (event.type === 'effect-started' && event.key === key) return event;
  return null;
}

/** Under the stamp of a write that nobody had read yet, an edit can't be told from a write that came in parts (rule 5). */
function isUnread(service: string, own: RoutingRecord, edit: RoutingRecord, { records }: JudgedRelease): boolean {
  if (own.fence === null || edit.fence === null || compareFences(own.fence, edit.fence) !== 0) return false;
  return !records.some(
    ({ event: read }) =>
      read.type === 'routing-observed' && read.service === service && read.at >= own.at && read.at <= edit.at,
  );
}

/** Where no stamp tells them apart, what differs from a half-written target of ours in nothing can't be told from one. */
function looksLikeOurs(own: RoutingRecord, edit: RoutingRecord, next: RoutingRecord): boolean {
  const [before, between, after] = [targetOf(own), targetOf(edit), targetOf(next)];
  if (edit.fence !== null || before === null || between === null || after === null) return false;
  return isMixtureOf(between, [before, after]);
}

function isAnswered(service: string, from: number, to: number, { records }: JudgedRelease): boolean {
  const events = records.map(({ event }) => event);
  const isKnown = events.some(
    (event) => event.type === 'routing-observed' && event.service === service && event.at < from,
  );
  if (!isKnown || isOverridden(service, from, events)) return true;
  return events.some((event) => {
    if (event.at < from || event.at > to) return false;
    if (event.type === 'resume-requested' || event.type === 'retry-requested') return true;
    return event.type === 'rollback-requested' || (event.type === 'rollback-begun' && goesOver(event));
  });
}

/** A rollback that goes over what others wrote does so until users are back. */
function isOverridden(service: string, from: number, events: readonly ReleaseEvent[]): boolean {
  const begun = events.findLastIndex((event) => event.type === 'rollback-begun' && event.at <= from);
  const event = events[begun];
  if (event?.type !== 'rollback-begun') return false;
  const isBack = events
    .slice(begun)
    .some((each) => each.type === 'traffic-returned' && each.service === service && each.at <= from);
  return goesOver(event) && !isBack;
}

function goesOver({ cause }: At<'rollback-begun'>): boolean {
  return ['person-asked', 'person-aborted', 'guardrail-failed'].includes(cause.code);
}

/** A write of ours that came without its stamp: the one before it stands over another routing, as after an edit. */
function lostItsStamp(record: RoutingRecord, { records }: JudgedRelease): boolean {
  const target = targetOf(record);
  const begun = records.findLast(
    ({ event }) => event.type === 'effect-started' && event.write.service === record.service && event.at <= record.at,
  )?.event;
  if (begun?.type !== 'effect-started' || begun.write.kind !== 'route' || target === null) return false;
  const isOlder = record.fence === null || compareFences(record.fence, begun.write.fence) < 0;
  return record.by === 'route' && isOlder && isMixtureOf(target, [begun.write.target]);
}

/**
 * F7: nobody is called for an edit that nobody made. What has no stamp is told from an edit by nothing: where a router shows
 * for once what was there before the first stamp, somebody may as well have put it back.
 */
export function driftIsReal(judged: JudgedRelease): string[] {
  const { ledger, records } = judged;
  return records.flatMap(({ event }) => {
    if (event.type !== 'routing-drifted') return [];
    const isReal = ledger.routing.some(
      ({ service, by, at }) => service === event.service && at <= event.at && !['start', 'route'].includes(by),
    );
    const isUnstamped = records.some(
      ({ event: read }) =>
        read.type === 'routing-observed' &&
        read.at === event.at &&
        read.service === event.service &&
        read.observation.fence === undefined,
    );
    const last = routingOf(ledger, event.service).findLast(({ at }) => at <= event.at);
    return isReal || isUnstamped || (last !== undefined && lostItsStamp(last, judged))
      ? []
      : [found('F7', event.at, judged, `${event.service} drifted, but nobody changed its routing`)];
  });
}
