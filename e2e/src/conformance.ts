// Proves every adapter and journal of this repository by the rules of @bluegreen/conformance, and the rules by mutants:
// for each rule something that breaks it, which has to be noticed. The last line of --json is the result; the exit code
// is 0 only when no rule is broken, no mutant survives, and everything that an adapter needs was there.
// Arguments: --only nginx,simulated, --full (every weight, more rounds), --json.
import { parseArgs } from 'node:util';
import {
  type ConformanceReport,
  environmentRules,
  journalRules,
  proveEnvironmentAdapter,
  proveJournal,
  proveTrafficAdapter,
  trafficRules,
} from '@bluegreen/conformance';
import { environmentMutants } from '../../packages/conformance/src/mutants/environment-mutants.fixture.js';
import { journalMutants } from '../../packages/conformance/src/mutants/journal-mutants.fixture.js';
import { trafficMutants } from '../../packages/conformance/src/mutants/traffic-mutants.fixture.js';
import { adapters } from './conformance/adapters.js';
import { type ProvenResult, resultWithout } from './conformance/proven.js';

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const wanted = values.only?.split(',') ?? adapters.map(({ name }) => name);
  const unknown = wanted.find((name) => !adapters.some((each) => each.name === name));
  if (unknown !== undefined) throw new Error(`There is no ${unknown}. There are: ${adapters.map(({ name }) => name)}.`);
  const proven: Record<string, ProvenResult> = {};
  for (const adapter of adapters.filter(({ name }) => wanted.includes(name))) {
    const missing = adapter.missing();
    const startedAt = performance.now();
    const options = { size: values.full ? 'full' : 'quick' } as const;
    const result = missing === null ? await adapter.prove(options) : resultWithout(missing);
    proven[adapter.name] = result;
    process.stderr.write(`${sentence(adapter.name, result)} (${Math.round(performance.now() - startedAt)} ms)\n`);
  }
  const survivors = await survivingMutants();
  const mutants = trafficMutants.length + environmentMutants.length + journalMutants.length;
  const results = Object.values(proven);
  const count = (of: (result: ProvenResult) => number) => results.reduce((sum, each) => sum + of(each), 0);
  const missing = count((each) => (each.missing === undefined ? 0 : 1));
  const failed = count(({ broken }) => Object.keys(broken).length) + survivors.length + missing;
  const result = {
    rules: trafficRules.length + environmentRules.length + journalRules.length,
    mutants,
    killed: mutants - survivors.length,
    survivors,
    adapters: proven,
    passed: count(({ shown }) => shown) + mutants - survivors.length,
    failed,
  };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${result.passed} shown, ${failed} not\n`);
  return failed === 0 ? 0 : 1;
}

/** Each mutant against the one rule that it breaks. */
async function survivingMutants(): Promise<readonly string[]> {
  const survivors: string[] = [];
  const look = (rule: string, flaw: string, { broken }: ConformanceReport) => {
    if (broken !== 1) survivors.push(`${rule}: ${flaw}`);
  };
  for (const { rule, flaw, makeBench } of trafficMutants) {
    look(rule, flaw, await proveTrafficAdapter(makeBench, { only: [rule] }));
  }
  for (const { rule, flaw, makeBench } of environmentMutants) {
    look(rule, flaw, await proveEnvironmentAdapter(makeBench, { only: [rule] }));
  }
  for (const { rule, flaw, makeBench } of journalMutants) {
    look(rule, flaw, await proveJournal(makeBench, { only: [rule] }));
  }
  return survivors;
}

function sentence(name: string, { shown, notDeclared, broken, notShown, missing }: ProvenResult): string {
  if (missing !== undefined) return `${name}: NOT SHOWN, ${missing}`;
  const lines = [`${name}: ${shown} rules shown, ${notDeclared} not declared`];
  for (const [rule, reason] of Object.entries(notShown)) lines.push(`  not shown: ${rule}, ${reason}`);
  for (const [rule, seen] of Object.entries(broken)) lines.push(`  BROKEN: ${rule}, ${seen}`);
  return lines.join('\n');
}

process.exitCode = await main(process.argv.slice(2));
