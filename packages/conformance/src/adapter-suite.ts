import { attempt } from './patience.js';
import type { Rule, Size } from './rule.js';
import type { ConformanceOptions, ConformanceReport, Suite } from './suite.js';

/** What stands on a bench, and can be put away. */
interface Disposable {
  readonly adapter: { dispose?(): Promise<void> };
}

interface Closable {
  readonly harness?: object;
  close?(): Promise<void>;
}

export interface AdapterSuiteParts<Bench, Trial> {
  readonly kind: ConformanceReport['kind'];
  readonly rules: readonly Rule<Trial>[];
  makeTrial(bench: Bench, size: Size): Trial;
}

/** The suite of one kind of adapter, on benches that are made for each rule. */
export function adapterSuite<Bench extends Closable, Trial extends Disposable>(
  { kind, rules, makeTrial }: AdapterSuiteParts<Bench, Trial>,
  makeBench: () => Bench | Promise<Bench>,
  { size = 'quick' }: ConformanceOptions,
): Suite<Trial> {
  return {
    kind,
    rules,
    async open() {
      const bench = await makeBench();
      const trial = makeTrial(bench, size);
      const close = async () => {
        // There is a rule for an adapter that cannot end; the bench has to be put away all the same.
        await attempt(async () => trial.adapter.dispose?.());
        await bench.close?.();
      };
      return { trial, harness: { ...bench.harness }, close };
    },
  };
}
