import { printDuration } from '@bluegreen/contract';
import type { Mark } from './glyphs.js';
import { printWeight } from './numbers.js';
import { type Line, nameSpan, span } from './spans.js';
import type { ServiceSummary, SlotReading } from './summary.js';
import { detail, node, type TreeNode } from './tree-node.js';
import { clockOf, leftUntil, printLasting, type View } from './view.js';
import { readyText } from './wording.js';

/** The same about every service: beside the row of the phase for one, below it for several. */
export function perService(
  { summary }: View,
  mark: Mark,
  say: (service: ServiceSummary) => Line,
): { readonly detail: Line; readonly children: readonly TreeNode[] } {
  const { services } = summary;
  if (services.length === 1) return { detail: say(services[0]!), children: [] };
  return { detail: [], children: services.map((each) => node(mark, [nameSpan(each.name)], { detail: say(each) })) };
}

/** `green v42, 3 of 3 ready` */
export function preparedText({ roles, slots, version, routing }: ServiceSummary): Line {
  if (roles === null) return [span(routing === 'foreign' ? 'routing is not ours' : 'reading who serves now', 'faint')];
  const reading = slots[roles.candidate].prepared;
  if (reading === null || reading.version !== version) return [span(`deploying ${version} to ${roles.candidate}`)];
  return readingText(`${roles.candidate} ${version}`, reading);
}

function readingText(name: string, reading: SlotReading): Line {
  const isReady = reading.ready >= reading.desired && reading.ready > 0;
  const [count, why] = readyText(reading);
  const reason = isReady || why === '' ? [] : [span(` (${why})`, 'warning')];
  return [span(`${name}, `), span(count, isReady ? 'plain' : 'warning'), ...reason];
}

/** What became, or becomes, of the slot that served before. */
export function retireText(view: View, { roles, slots, teardownBegunAt }: ServiceSummary): Line {
  const { summary } = view;
  const { after } = summary.plan.policy.retire;
  if (roles === null || roles.active === null) return [span('nothing to retire', 'faint')];
  const old = slots[roles.active];
  const name = [roles.active, old.initialVersion].filter((each) => each !== null).join(' ');
  if (old.retiredAt !== null) return [span(`${name} is retired`)];
  if (teardownBegunAt !== null) return [span(`retiring ${name} since ${clockOf(view, teardownBegunAt)}`)];
  if (summary.rollbackBegunAt !== null) return [span(`${name} was still warm`)];
  if (after === 'keep') return [span(`${name} stays warm`)];
  if (summary.retentionCutBy !== null) return [span(`${name}, retention cut short by ${summary.retentionCutBy}`)];
  const left = summary.retainUntil === null ? null : leftUntil(view, summary.retainUntil);
  if (left === null) return [span(`${name} drains`)];
  return [span(`${name} stays warm until ${clockOf(view, summary.retainUntil!)}, ${left} left`)];
}

/** Where users are again, how long they met the new version, and what happens to it. */
export function returnText(view: View, service: ServiceSummary): Line {
  const { roles, weights, exposure, trafficReturnedAt, slots, version } = service;
  const { summary, at } = view;
  if (roles === null || roles.active === null) return [span('there is nothing to go back to', 'warning')];
  const metMs = exposure.earlierMs + (exposure.since === null ? 0 : at - exposure.since);
  const met = metMs > 0 ? `users met ${version} for ${printLasting(metMs)}` : `no user met ${version}`;
  const kept = slots[roles.candidate].retiredAt === null ? null : `${roles.candidate} is retired`;
  if (trafficReturnedAt === null) {
    const seen = weights === null ? 'unknown' : printWeight(weights[roles.active]);
    return [span(`taking users back to ${roles.active}, observed ${seen}`, 'warning')];
  }
  const tookMs = trafficReturnedAt - (summary.rollbackBegunAt ?? trafficReturnedAt);
  const back =
    metMs > 0
      ? `${roles.active} serves everyone again after ${printDuration(tookMs)}`
      : `${roles.active} kept serving everyone`;
  return detail(back, met, kept);
}
