import { type Slot, slots } from '@bluegreen/contract';
import type { Glyphs } from './glyphs.js';
import { printWeight } from './numbers.js';
import { type Line, lineWidth, padLine, span } from './spans.js';
import type { ServiceSummary } from './summary.js';

const barCells = 10;
const gap = '   ';

/** Both slots of every service with their share of the traffic, one line each; equal parts stand below each other. */
export function slotBars(services: readonly ServiceSummary[], glyphs: Glyphs, withBar: boolean): readonly Line[] {
  const numbers = services.flatMap(({ weights }) =>
    weights === null ? [] : slots.map((slot) => numberOf(weights[slot])),
  );
  const numberWidth = services.length === 1 ? 0 : Math.max(0, ...numbers.map(({ length }) => length));
  const pairs = services.map((each) => slots.map((slot) => slotPart(each, slot, glyphs, withBar, numberWidth)));
  const firstWidth = Math.max(0, ...pairs.map(([blue]) => lineWidth(blue!)));
  return services.map((each, index) => {
    const [blue, green] = pairs[index]!;
    if (each.weights === null) return [span(routingWords[each.routing === 'split' ? 'unread' : each.routing], 'faint')];
    return [...padLine(blue!, firstWidth), span(gap), ...green!];
  });
}

const routingWords = {
  unread: 'routing not read yet',
  unrouted: 'nothing routed yet',
  foreign: 'routing is not ours',
} as const;

function slotPart(service: ServiceSummary, slot: Slot, glyphs: Glyphs, withBar: boolean, numberWidth: number): Line {
  const weight = service.weights?.[slot] ?? 0;
  const bar = withBar ? [span(' '), span(weightBar(slot, weight, glyphs), slot)] : [];
  const isUsed = weight > 0;
  return [
    span(slot, isUsed ? slot : 'faint'),
    ...bar,
    span(` ${numberOf(weight).padStart(numberWidth)}`, isUsed ? 'strong' : 'faint'),
    ...(slot === liveSlot(service) ? [span(' (live)', 'good')] : []),
  ];
}

function numberOf(weight: number): string {
  return printWeight(weight).replace(' %', '');
}

/** The slot that serves users: the only one, or the old one while both do. */
function liveSlot({ roles, weights }: ServiceSummary): Slot | null {
  return slots.find((slot) => weights?.[slot] === 100) ?? roles?.active ?? null;
}

/** Blue fills from the left and green from the right, so that both bars read as one. Only 0 is empty, only 100 is full. */
function weightBar(slot: Slot, weight: number, { full, empty }: Glyphs): string {
  const least = weight > 0 ? 1 : 0;
  const most = weight < 100 ? barCells - 1 : barCells;
  const cells = Math.min(most, Math.max(least, Math.round(weight / barCells)));
  const parts = [full.repeat(cells), empty.repeat(barCells - cells)];
  return (slot === 'blue' ? parts : parts.reverse()).join('');
}
