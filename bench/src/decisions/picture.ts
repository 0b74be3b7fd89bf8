import { beginErrorRatio, errorRatioEvidence, errorRatioTests, weighErrors } from '@bluegreen/gates';
import { keyedStreams } from '@bluegreen/simulator/random';
import { options } from './ours.js';
import { looksPerMinute, minutes, type Situation, weight } from './situations.js';
import { drawCounts } from './world.js';

const size = { width: 640, height: 300, left: 70, right: 150, top: 20, bottom: 40 };
const shown = { minutes: 30, least: -3, most: 6 };
const lines = [
  { candidate: 'good', side: 'fail', colour: '#2a7', label: 'as good: harm' },
  { candidate: 'double', side: 'fail', colour: '#c33', label: 'doubled: harm' },
  { candidate: 'good', side: 'pass', colour: '#2a7', label: 'as good: soundness' },
  { candidate: 'double', side: 'pass', colour: '#c33', label: 'doubled: soundness' },
] as const;

/** Evidence over time of a good version and of one with twice the errors, from one run of the production judge each. */
export function drawEvidence(seed: number): string {
  const drawn = lines.map(({ candidate, side, colour, label }) => {
    const points = evidenceOf({ traffic: 100, candidate, cluster: 1 }, side, seed);
    const path = points.map(([minute, log10]) => `${x(minute).toFixed(1)},${y(log10).toFixed(1)}`).join(' ');
    const dashes = side === 'pass' ? ' stroke-dasharray="5 3"' : '';
    const [, last] = points.at(-1)!;
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"${dashes}/>`,
      `<text x="${x(shown.minutes) + 6}" y="${(y(last) + 4).toFixed(1)}" fill="${colour}">${label}</text>`,
    ].join('\n');
  });
  const rows = [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map(
    (log10) =>
      `<line x1="${size.left}" x2="${x(shown.minutes)}" y1="${y(log10)}" y2="${y(log10)}" stroke="#ddd"/><text x="${size.left - 8}" y="${y(log10) + 4}" text-anchor="end">${odds(log10)}</text>`,
  );
  const columns = [0, 10, 20, 30].map(
    (minute) => `<text x="${x(minute)}" y="${size.height - 18}" text-anchor="middle">${minute} min</text>`,
  );
  const needed = y(Math.log10(1 / options.failBudget));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<title>Evidence over time, 100 requests per second, a tenth of them on the candidate, seed ${seed}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...rows,
    ...columns,
    `<line x1="${size.left}" x2="${x(shown.minutes)}" y1="${needed}" y2="${needed}" stroke="#333" stroke-dasharray="2 2"/>`,
    `<text x="${size.left + 6}" y="${needed - 4}">fails from here on</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function x(minute: number): number {
  return size.left + (minute / shown.minutes) * (size.width - size.left - size.right);
}

function y(log10: number): number {
  const inside = Math.min(shown.most, Math.max(shown.least, log10));
  const share = (shown.most - inside) / (shown.most - shown.least);
  return Math.round(size.top + share * (size.height - size.top - size.bottom));
}

function odds(log10: number): string {
  if (log10 === 0) return 'even';
  return log10 > 0 ? `${(10 ** log10).toLocaleString('en-US')} : 1` : `1 : ${(10 ** -log10).toLocaleString('en-US')}`;
}

function evidenceOf(
  situation: Situation,
  side: 'fail' | 'pass',
  seed: number,
): readonly (readonly [minute: number, log10: number])[] {
  const tests = errorRatioTests(options);
  const state = beginErrorRatio(tests);
  const stream = keyedStreams(seed).key('picture', situation.candidate).at(0);
  return Array.from({ length: shown.minutes * looksPerMinute }, (_, index) => {
    const leftMs = (minutes - index / looksPerMinute) * 60_000;
    weighErrors(tests, state, { ...drawCounts(stream, situation, weight), durationMs: options.everyMs, leftMs });
    const found = errorRatioEvidence(tests, state);
    return [(index + 1) / looksPerMinute, (side === 'fail' ? found.fail : found.passRatio) / Math.LN10] as const;
  });
}
