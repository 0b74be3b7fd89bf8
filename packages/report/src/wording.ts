import { printWeight } from './numbers.js';
import type { SlotReading } from './summary.js';

/** `10 %`, the audiences where no percent is given yet, or how much is only copied. */
export function stepName({
  percent,
  mirrorPercent,
  audiences,
}: {
  readonly percent: number;
  readonly mirrorPercent?: number;
  readonly audiences: readonly string[];
}): string {
  if (mirrorPercent !== undefined) return `mirror ${printWeight(mirrorPercent)}`;
  if (percent === 0 && audiences.length > 0) return audiences.join(', ');
  return audiences.length === 0 ? printWeight(percent) : `${printWeight(percent)} and ${audiences.join(', ')}`;
}

/** `1 of 3 ready` and why not more, which environments often begin with the same words. */
export function readyText({ ready, desired, whyNotReady }: SlotReading): readonly [string, string] {
  const count = `${ready} of ${desired} ready`;
  const why = whyNotReady ?? '';
  return [count, why.startsWith(count) ? why.slice(count.length).replace(/^[:, ]+/, '') : why];
}

/** A failure with its code, once: the messages of our own errors begin with it. */
export function failureText({ code, message }: { readonly code: string; readonly message: string }): string {
  return message.startsWith(code) ? message : `${code}: ${message}`;
}
