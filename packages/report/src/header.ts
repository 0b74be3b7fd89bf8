import type { Glyphs, Mark } from './glyphs.js';
import type { Tone } from './palette.js';
import { plannedSteps } from './place.js';
import { slotBars } from './slot-bars.js';
import { type Line, lineWidth, nameSpan, onSurface, padLine, type Surface, span } from './spans.js';
import type { ReleaseSummary, ServiceSummary } from './summary.js';
import { printLasting, type View } from './view.js';

/** Names, versions, phase, and per service both slots with their share of the traffic. */
export function headerLines(view: View, surface: Surface): readonly Line[] {
  const { services } = view.summary;
  const names = services.map((each) => onSurface([nameSpan(each.name, 'strong')], surface));
  const versions = services.map((each) => onSurface(versionSpans(each, surface.glyphs), surface));
  const phase = phaseSpans(view, surface.glyphs);
  if (services.length === 1) {
    const label = [...names[0]!, span('  '), ...versions[0]!, gap, ...phase, gap];
    return besideBars([label], services, surface).flat();
  }
  const nameWidth = columnWidth(names);
  const versionWidth = columnWidth(versions);
  const labels = names.map((name, index) => [
    ...padLine(name, nameWidth + 2),
    ...padLine(versions[index]!, versionWidth),
    gap,
  ]);
  const title = [span(`${services.length} services`, 'strong'), gap, ...phase];
  return [title, ...besideBars(labels, services, surface).flat()];
}

const gap = span('   ');

/** The bars behind the labels where all of them fit, else below, else without the drawn part. */
function besideBars(
  labels: readonly Line[],
  services: readonly ServiceSummary[],
  surface: Surface,
): readonly (readonly Line[])[] {
  const fits = (lines: readonly Line[]): boolean =>
    columnWidth(lines.map((line) => onSurface(line, surface))) <= surface.columns;
  const bars = slotBars(services, surface.glyphs, true);
  const beside = labels.map((label, index) => [...label, ...bars[index]!]);
  if (fits(beside)) return beside.map((line) => [line]);
  const below = bars.map((bar) => [span('  '), ...bar]);
  const shown = fits(below) ? below : slotBars(services, surface.glyphs, false).map((bar) => [span('  '), ...bar]);
  return labels.map((label, index) => [label, shown[index]!]);
}

function versionSpans({ roles, slots: both, version }: ServiceSummary, { arrow }: Glyphs): Line {
  const before = roles === null || roles.active === null ? null : both[roles.active].initialVersion;
  if (roles !== null && roles.active === null) return [span('first deploy of '), nameSpan(version)];
  if (before === null) return [nameSpan(version)];
  return [nameSpan(before), span(` ${arrow} `), nameSpan(version)];
}

function phaseSpans(view: View, glyphs: Glyphs): Line {
  const [mark, tone, text] = phaseState(view.summary);
  return [span(`${glyphs[mark]} ${text}`, tone)];
}

function phaseState(summary: ReleaseSummary): readonly [Mark, Tone, string] {
  const { phase, outcome, steps, promotedAt } = summary;
  if (outcome === 'promoted') return ['done', 'good', 'promoted'];
  if (outcome === 'rolled-back') return ['failed', 'bad', 'rolled-back'];
  if (outcome === 'stuck') return ['failed', 'bad', 'stuck'];
  const isOf = phase === 'shifting' && steps.length > 0;
  const where = isOf ? `${phase} ${steps.at(-1)!.index + 1}/${plannedSteps(summary).length}` : phase;
  if (phase === 'rolling-back') return ['running', 'bad', where];
  if (phase === 'retiring' && promotedAt !== null) return ['done', 'good', `promoted, ${where}`];
  if (summary.drifts.some(({ until }) => until === null)) return ['warning', 'warning', `${where}, drifted`];
  if (summary.pauses.some(({ until }) => until === null)) return ['warning', 'warning', `${where}, paused`];
  return ['running', 'busy', where];
}

/** Which release this is, who asked for it and how long it takes, for those who look for that. */
export function footnote(view: View): Line {
  const { summary, at } = view;
  const ended = summary.outcome === null ? at : (summary.phases.at(-1)?.endedAt ?? summary.at);
  return [
    span('release ', 'faint'),
    nameSpan(summary.id, 'faint', 48),
    span(', requested by ', 'faint'),
    nameSpan(summary.requestedBy, 'faint'),
    span(`, ${printLasting(ended - summary.requestedAt)}`, 'faint'),
  ];
}

function columnWidth(lines: readonly Line[]): number {
  return Math.max(0, ...lines.map(lineWidth));
}
