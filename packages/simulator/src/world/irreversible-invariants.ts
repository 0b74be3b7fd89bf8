import type { Slot } from '@bluegreen/contract';
import type { Expectations, Violation } from './invariants.js';
import type { IrreversibleRecord, Ledger } from './ledger.js';

type Finding = readonly [id: string, message: string];

/** What has to hold at the instant when a slot is retired or deployed over. */
export function lossesAreAllowed(ledger: Ledger, expectations: Expectations): Violation[] {
  return ledger.irreversible.flatMap((loss) =>
    [
      ...reachable(loss),
      ...notDrained(loss, expectations),
      ...notSure(loss),
      ...tooEarly(ledger, loss, expectations),
    ].map(([id, message]) => ({
      id,
      at: loss.at,
      service: loss.service,
      message: `${loss.action} of ${loss.slot}: ${message}`,
    })),
  );
}

/** S12, S57: it serves, so S4 is broken too. S53: it would after a restart. S54: some other part points at it. */
function reachable({ action, reach }: IrreversibleRecord): Finding[] {
  const found: Finding[] = [];
  const serves = action === 'retire' ? 'S12' : 'S57';
  if (reach.stored.includes('weight')) found.push([serves, 'it has weight'], ['S4', 'a pool that serves was emptied']);
  const others = reach.stored.filter((part) => part !== 'weight');
  if (others.length > 0) found.push(['S54', `${others.join(', ')} points at it`]);
  if (reach.afterRestart.length > 0 && reach.stored.length === 0) {
    found.push(['S53', `after a restart the router would reach it by ${reach.afterRestart.join(', ')}`]);
  }
  return found;
}

/** S11: some router still sends requests there, or they are not over. */
function notDrained(loss: IrreversibleRecord, { drainMs = 0 }: Expectations): Finding[] {
  const found: Finding[] = [];
  const lagging = loss.reach.inUse.filter((part) => !loss.reach.stored.includes(part));
  if (lagging.length > 0) found.push(['S11', `some router still reaches it by ${lagging.join(', ')}`]);
  if (loss.openRequests > 0) found.push(['S11', `${loss.openRequests} requests are open in it`]);
  if (loss.closedSince !== null && loss.at - loss.closedSince < drainMs) {
    found.push(['S11', `it drained for ${loss.at - loss.closedSince} ms of ${drainMs}`]);
  }
  return found;
}

/** S50: a write may still land on it. S51: the routing is a stranger's. S56: nobody looked. */
function notSure(loss: IrreversibleRecord): Finding[] {
  const found: Finding[] = [];
  if (loss.unresolved.length > 0) found.push(['S50', `${loss.unresolved.join(', ')} may still land on it`]);
  const isStrange = loss.routingOwner !== null && loss.routingOwner !== loss.owner;
  if (loss.action === 'retire' && loss.isStamped && isStrange) {
    found.push(['S51', `${loss.owner} relied on a routing that ${loss.routingOwner} wrote`]);
  }
  if (loss.lookedAt === null) found.push(['S56', 'routing was not read after the request was decided on']);
  return found;
}

/** S15: the old slot stays as long as the policy says. */
function tooEarly(ledger: Ledger, loss: IrreversibleRecord, { retainMs }: Expectations): Finding[] {
  if (retainMs === undefined || loss.action !== 'retire' || loss.slot === candidateAt(ledger, loss)) return [];
  if (retainMs === 'keep') return [['S15', 'it was to be kept']];
  if (loss.weightLostAt === null || loss.at - loss.weightLostAt >= retainMs) return [];
  return [['S15', `it was kept for ${loss.at - loss.weightLostAt} ms of ${retainMs}`]];
}

function candidateAt(ledger: Ledger, loss: IrreversibleRecord): Slot | null {
  const before = ledger.deployments.filter(
    (one) => one.service === loss.service && one.at <= loss.at && one.owner !== null,
  );
  return before.at(-1)?.slot ?? null;
}
