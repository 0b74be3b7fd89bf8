/** Something that breaks one rule on purpose, and what shows that the rule notices. */
export interface Mutant<Bench> {
  /** The rule that has to break. */
  readonly rule: string;
  /** What is wrong with it, in a few words. */
  readonly flaw: string;
  makeBench(): Bench;
}
