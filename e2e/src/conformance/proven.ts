import type { ConformanceOptions, ConformanceReport } from '@bluegreen/conformance';

/** One adapter that is proven, or a journal. */
export interface Proven {
  readonly name: string;
  /** What has to be there and is not; `null`: it can be proven here. */
  missing(): string | null;
  prove(options: ConformanceOptions): Promise<ProvenResult>;
}

/** What came of one of them, for the last line. */
export interface ProvenResult {
  readonly shown: number;
  readonly notDeclared: number;
  /** By rule: what was seen. */
  readonly broken: Readonly<Record<string, string>>;
  /** By rule: why nobody can show it here. */
  readonly notShown: Readonly<Record<string, string>>;
  readonly missing?: string;
}

export function resultOf(reports: readonly ConformanceReport[]): ProvenResult {
  const rules = reports.flatMap((report) => report.rules);
  const broken: Record<string, string> = {};
  const notShown: Record<string, string> = {};
  for (const each of rules) {
    if (each.status === 'broken') broken[each.rule] = each.seen;
    if (each.status === 'not-shown') notShown[each.rule] = each.reason;
  }
  const count = (status: string) => rules.filter((each) => each.status === status).length;
  return { shown: count('shown'), notDeclared: count('not-declared'), broken, notShown };
}

export function resultWithout(missing: string): ProvenResult {
  return { shown: 0, notDeclared: 0, broken: {}, notShown: {}, missing };
}
