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

/** The ratio shall lie between these, both included. */
export interface Goal {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export function isMet({ ratio, goal }: Row): boolean | null {
  if (goal === undefined) return null;
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = goal;
  return ratio >= atLeast && ratio <= atMost;
}
