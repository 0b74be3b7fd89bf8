import { printDuration } from '@bluegreen/contract';
import { type ComparedScenario, type Comparison, type Figures, figuresOf, mixedFigures } from './comparison.js';
import type { Estimate } from './value-counts.js';

type Row = readonly string[];

/**
 * The comparison as tables for a terminal: first over the prior, where there is one, then scenario by scenario, unless
 * `only` says that the first is enough.
 */
export function printComparison(comparison: Comparison, { only }: { readonly only?: 'prior' } = {}): string {
  const { seed, runs, shard, ended, scenarios } = comparison;
  const made = scenarios.reduce((sum, { tallies }) => sum + tallies.reduce((all, tally) => all + tally.runs, 0), 0);
  const part = shard.of === 1 ? '' : `, part ${shard.index} of ${shard.of}`;
  const cut = ended === 'complete' ? '' : ', cancelled';
  const title = `${made.toLocaleString('en')} simulated releases, seed ${seed}${part}${cut}; at most ${runs.toLocaleString('en')} of each policy in each scenario; [ ]: 95 %`;
  const mixed = mixedTable(comparison);
  return [
    title,
    '',
    ...(mixed === null ? [] : [...mixed, '']),
    ...(only === 'prior' ? [] : scenarios.flatMap((each) => [...scenarioTable(comparison, each), ''])),
  ]
    .join('\n')
    .trimEnd();
}

function mixedTable(comparison: Comparison): readonly string[] | null {
  const header = [
    '',
    'ships a bad version',
    'takes a good one back',
    'failed requests',
    'against the first',
    'lead time',
    'double running',
  ];
  const rows: Row[] = [];
  for (const [index, name] of comparison.policies.entries()) {
    const figures = mixedFigures(comparison, index);
    if (figures === null) return null;
    rows.push([
      name,
      percent(figures.shippedBad),
      percent(figures.rolledBackGood),
      count(figures.failedMean),
      index === 0 ? '' : signed(figures.failedMore),
      duration(figures.leadMs),
      hours(figures.doubleRunningHours),
    ]);
  }
  const prior = comparison.scenarios.map(({ name, weight }) => `${name} ${Number((weight! * 100).toPrecision(3))} %`);
  return ['Of releases as they come, assumed to be', ...wrap(prior.join(', '), '  '), ...table([header, ...rows])];
}

function scenarioTable(
  { policies }: Comparison,
  { name, version, happens, tallies, decisions }: ComparedScenario,
): string[] {
  const header = [
    '',
    'promoted',
    'rolled back',
    'stuck',
    'failed, mean',
    'p95',
    'against the first',
    'detected after',
    'lead time',
    'double running',
  ];
  const rows = tallies.map((tally, index) => {
    const figures = figuresOf(tally);
    const decided = decisions[index] === 'open' ? '' : ` (${decisions[index]})`;
    return [`${policies[index]}${decided}`, ...cells(figures, index === 0)];
  });
  const runs = Math.max(...tallies.map((tally) => tally.runs));
  const what = version === 'either' ? '' : `, a ${version} version`;
  return [`${name}${what}, ${runs.toLocaleString('en')} runs: ${happens}`, ...table([header, ...rows])];
}

function cells(figures: Figures, isFirst: boolean): Row {
  return [
    percent(figures.promoted),
    percent(figures.rolledBack),
    percent(figures.stuck),
    count(figures.failedMean),
    count(figures.failedP95),
    isFirst ? '' : signed(figures.failedMore),
    figures.detected.value === 0 ? 'never' : duration(figures.detectMs),
    figures.leadMs === null ? '' : duration(figures.leadMs),
    hours(figures.doubleRunningHours),
  ];
}

/** Every policy in every scenario as a row, with the ends of each interval. */
export function comparisonCsv({ policies, scenarios }: Comparison): string {
  const names = [
    'promoted',
    'rolledBack',
    'stuck',
    'missed',
    'failedMean',
    'failedP95',
    'excessFailedMean',
    'detected',
    'detectMs',
    'leadMs',
    'doubleRunningHours',
    'failedMore',
  ] as const;
  const header = [
    'scenario',
    'version',
    'weight',
    'policy',
    'runs',
    ...names.flatMap((name) => [name, `${name}Lower`, `${name}Upper`]),
  ];
  const rows = scenarios.flatMap(({ name, version, weight, tallies }) =>
    tallies.map((tally, index) => {
      const figures = figuresOf(tally);
      const values = names.flatMap((field): readonly (string | number)[] => {
        const estimate = figures[field];
        return estimate === null ? ['', '', ''] : [estimate.value, estimate.lower, estimate.upper];
      });
      return [name, version, weight ?? '', policies[index]!, tally.runs, ...values];
    }),
  );
  return [header, ...rows].map((row) => row.map(quoted).join(',')).join('\n');
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Columns as rows: policies stand side by side, however many figures there are. */
function table(columns: readonly Row[]): string[] {
  const widths = columns.map((column) => Math.max(...column.map(({ length }) => length)));
  return columns[0]!.map((_, line) => {
    const cells = columns.map((column, index) =>
      index === 0 ? column[line]!.padEnd(widths[index]!) : column[line]!.padStart(widths[index]!),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

function percent({ value, lower, upper }: Estimate): string {
  return `${share(value)} [${share(lower)}, ${share(upper)}] %`;
}

function share(value: number): string {
  const points = value * 100;
  return points >= 10 || points === 0
    ? points.toFixed(points % 1 === 0 ? 0 : 1)
    : Number(points.toPrecision(2)).toString();
}

function count({ value, lower, upper }: Estimate): string {
  return `${whole(value)} [${whole(lower)}, ${whole(upper)}]`;
}

function signed({ value, lower, upper }: Estimate): string {
  const sign = (number: number) => (number > 0 ? `+${whole(number)}` : whole(number));
  return `${sign(value)} [${sign(lower)}, ${sign(upper)}]`;
}

function whole(value: number): string {
  return Math.abs(value) >= 10 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

function duration({ value, lower, upper }: Estimate): string {
  const isExact = printDuration(lower) === printDuration(upper);
  return isExact ? printDuration(value) : `${printDuration(value)} [${printDuration(lower)}, ${printDuration(upper)}]`;
}

function hours({ value }: Estimate): string {
  return `${value.toFixed(1)} h`;
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const part of text.split(', ')) {
    if (line.length + part.length > 100) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${part}, `;
  }
  return [...lines, line.replace(/, $/, '')];
}
