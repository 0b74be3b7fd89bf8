/** One measurement, with its floor from the same rounds. */
export interface Row {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: 'ns' | 'µs' | 'ms' | 'bytes';
  /** The cheapest thing that could stand here, or what is usually done instead. */
  readonly against: string;
  readonly againstValue: number;
  /** Median over the rounds of `value / againstValue`, with its quartiles. */
  readonly ratio: number;
  readonly ratioQuartiles: readonly [number, number];
  readonly goal?: Goal;
}

export interface Goal {
  /** The ratio shall be at most, or at least, this. */
  readonly ratio: 'at-most' | 'at-least';
  readonly limit: number;
}

export function isMet({ ratio, goal }: Row): boolean | null {
  if (goal === undefined) return null;
  return goal.ratio === 'at-most' ? ratio <= goal.limit : ratio >= goal.limit;
}
