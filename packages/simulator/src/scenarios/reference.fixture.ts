import { incidentPack, presets } from './catalogue.js';
import { prior } from './prior.js';
import type { Scenario } from './scenario.js';

/** docs/reference/scenarios.md, from what the code says. */
export function scenarioReference(): string {
  return withAlignedTables([
    '# Scenarios and models',
    '',
    'Worlds in which a release policy can be put to the test. Import them one by one or all from',
    '`@bluegreen/simulator/scenarios`; `runScenario(scenario, { policy, seed })` runs one, `missed(scenario, run)` says what the',
    'policy did not do. This page is made from the code: `npm test -- packages/simulator/src/scenarios -u` writes it again.',
    '',
    '## Presets',
    '',
    ...table(
      presets(),
      ['scenario', 'what happens', 'what a good policy does', 'it needs'],
      ({ name, happens, wants, needs }) => [`\`${name}\``, happens, wants, needs.join(', ') || '–'],
    ),
    '',
    '## Incident pack',
    '',
    'What has gone wrong elsewhere. In each of them a good policy, driven by this runner, keeps its promises.',
    '',
    ...table(
      incidentPack(),
      ['scenario', 'what happens', 'what has to be done', 'seen in'],
      ({ name, happens, wants, seenIn }) => [`\`${name}\``, happens, wants, seenIn ?? '–'],
    ),
    '',
    '## The prior',
    '',
    'What releases are like when nobody knows better, for `compare`. An assumption: bring your own where you have one.',
    '',
    '| scenario | share of releases |',
    '| --- | --- |',
    ...prior().map(({ scenario, weight }) => `| \`${scenario.name}\` | ${Number((weight * 100).toPrecision(3))} % |`),
    '',
    ...models.trim().split('\n'),
    '',
  ]).join('\n');
}

/** Columns of one width, as the formatter writes them. */
function withAlignedTables(lines: readonly string[]): string[] {
  const isRow = (line: string | undefined): boolean => line?.startsWith('| ') === true;
  const aligned: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const from = at;
    while (isRow(lines[at])) at++;
    const rows = lines.slice(from, at).map((line) => line.slice(2, -2).split(/(?<!\\) \| /));
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
    for (const cells of rows) {
      const isRule = cells.every((cell) => cell === '---');
      const padded = cells.map((cell, column) => cell.padEnd(widths[column]!, isRule ? '-' : ' '));
      aligned.push(`| ${padded.join(' | ')} |`);
    }
    if (at < lines.length) aligned.push(lines[at]!);
  }
  return aligned;
}

function table(
  scenarios: readonly Scenario[],
  header: readonly string[],
  row: (scenario: Scenario) => readonly string[],
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...scenarios.map((scenario) => line(row(scenario)))];
}

const models = `
## Models

Between two changes of the world or two samples of its metrics (15 s) lies a stretch. For each stretch and instance a model
gives the expected requests, the share that fails and how long they take, all for the middle of the stretch. What came of
it is drawn once per sample. So the cost of a run does not depend on the rate, and who reads changes nothing.
Every default is an input; none is measured unless said.

### Users

| effect | formula | default |
| --- | --- | --- |
| arrivals | Poisson with rate λ (1 + a sin 2πt/day) · surges · gamma(k)/k per minute | 100/s, a = 0, no surges, steady |
| people | groups with a percent and headers, cookies, an address, a country; 100,000 users | one group |
| audiences | groups that match; of one that nobody matches, a share of everybody | 0.1 % |
| who met it | people, not requests: n (1 − e^(−r/n)) of n people who sent r requests; n is the largest share at one time, or everybody where each request is drawn anew | – |

### Versions

| behaviour | formula | default |
| --- | --- | --- |
| service time | lognormal | median 80 ms, σ 0.6: 90 % within 173 ms, 99 % within 323 ms |
| boot | lognormal; a failed start is tried again after twice as long | median 45 s, σ 0.4, no failures |
| \`flaps\` | two-state Markov chain | up 120 s, down 15 s |
| \`coldStart\` | latency × (1 + A e^(−up/T)) | A 2, T 2 min |
| \`coldCache\` | misses m∞ + (1 − m∞) e^(−served/κ); a miss takes longer and loads the dependency by misses/m∞ | m∞ 5 %, κ 5,000 requests of an instance, 300 ms |
| \`slower\`, \`slowTail\` | latency × f; a share q of the requests + d | 2 %, 500 ms |
| \`limitedCapacity\` | c servers such that all users use the share u of them; waits by Erlang C, P(W > t) = C e^(−(cμ−λ)t); beyond ρ = 1 the queue grows by ρ − 1 seconds a second until the timeout, then the excess 1 − 1/ρ fails; failures come back as λ (1 + qf + (qf)²) | u 0.6, timeout 10 s, q 0.5 |
| \`leaking\` | memory fills with the share of users on it; above 80 % latency × 0.2/(1 − m); full, the process dies and starts again | 4 h at all users |
| \`bug\` | errors of a group of people, an endpoint, or a share of all | half of the requests of 2 % |
| \`dailyWindow\` | errors within a stretch of the day, UTC | all requests |
| \`dependencyCalls\` | calls per request, where the other version makes one | 3 |
| \`badMigration\` | from the deployment or the first user on, requests of both versions fail, until a restore after the way back | 30 %, no restore |
| \`clusteredErrors\` | clusters as a Poisson process, sizes geometric with mean m: variance × (2m − 1) | m 5 |
| several at once | errors 1 − Π(1 − pᵢ), slowdowns multiply | – |

### Around them

| effect | formula | default |
| --- | --- | --- |
| dependency | ρ = u · calls · load; its part of the latency × (1 − u)/(1 − ρ); above 1 the excess fails | u 0.4, half of the latency |
| incidents | Poisson, exponential duration, or at given times; both slots | 20 min, 20 % errors, × 2 |
| bound sessions | the realised share goes to the commanded one as e^(−t/T); an empty slot lets go at once | none |
| resolvers | evenly within the TTL; 5 % within ten of it | none |
| fleet | the first router uses a write at once, the last after \`propagationMs\`; each but the first misses a write with \`missShare\` | 0 |
| dead instances | get requests, which fail, for \`deregistrationMs\` | 0 |
| metrics | a sample every 15 s; visible after a lag and a gamma time with shape 2; gaps of exponential length; a lognormal factor on increases; counters begin at 0 with their process; series of errors may begin with the first | no lag, gaps or noise |
| faults | what goes wrong with calls and routers: see \`faults\` | none |

### Formulas and where they come from

Erlang C by the recursion of Erlang B, above 2,000 servers by the limit of Halfin and Whitt (1981). Binomial numbers by BTRS and
Poisson numbers by PTRS (Hörmann 1993), gamma numbers by Marsaglia and Tsang (2000). Shares have Wilson intervals, means
Student's, quantiles those of their order statistics; a requirement is decided by an e-process, so it may be looked at after
every run.

### Limits

Errors are independent unless clusters are on. Latency has no memory within an instance. A stretch is judged by its middle, so
what lasts less than a sample is blurred. Lingering users move by their share, not one by one.
`;
