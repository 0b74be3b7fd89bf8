import { type Problem, refusal } from './problem.js';
import type { LoosePolicy } from './shape-check.js';

/** Windows close after they open. Whether any is left is known when the calendar is. */
export function checkWindows({ windows }: LoosePolicy): readonly Problem[] {
  return [
    ...(windows?.open ?? []).flatMap((each, index) => {
      if (each?.from === undefined || each.to === undefined || each.from < each.to) return [];
      return [refusal('policy/window-empty', ['windows', 'open', index, 'to'], `from ${each.from} to ${each.to}`)];
    }),
    ...(windows?.frozen ?? []).flatMap((each, index) => {
      if (each?.from === undefined || each.to === undefined || each.from <= each.to) return [];
      return [refusal('policy/window-empty', ['windows', 'frozen', index, 'to'], `from ${each.from} to ${each.to}`)];
    }),
  ];
}
