import type { Hopes, Pause, Trouble } from '@bluegreen/simulator/explore';

/** One simulated life of a release. Plain data, so that every mutant plays the very same ones. */
export interface World {
  readonly name: string;
  readonly release: string;
  readonly seed: number;
  readonly trouble: Trouble;
  /** The first owner stands still, and a second one takes over; `null`: there is one owner at a time. */
  readonly pause: Pause | null;
  /** What the unmutated release does in calm, and what it is excused for in this trouble. */
  readonly hopes: Hopes;
}

/** What the suite tells a player. */
export type Task =
  /** Make the worlds from the unmutated source, and play them. */
  | { readonly kind: 'control'; readonly perRelease: number; readonly seed: number }
  | { readonly kind: 'play'; readonly worlds: readonly World[] };

/** What a player tells the suite. */
export type Told =
  | { readonly kind: 'worlds'; readonly worlds: readonly World[] }
  /** A world was played, and these promises were broken in it. */
  | { readonly kind: 'played'; readonly world: string; readonly problems: readonly string[] }
  /** The run did not come back with a history at all. */
  | { readonly kind: 'threw'; readonly world: string; readonly message: string }
  | { readonly kind: 'done' };
