import { fail } from './error.js';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as policies write it, in milliseconds: `'500ms'`, `'30s'`, `'10m'`, `'4h'`, `'1d'`. */
export function durationMs(text: string, path?: string): number {
  const found = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  if (found === null) {
    throw fail('contract/duration-invalid', { detail: JSON.stringify(text), ...(path === undefined ? {} : { path }) });
  }
  return Number(found[1]) * unitMs[found[2] as keyof typeof unitMs];
}

/** Milliseconds for people, at most two units: `1h30m`, `45s`, `1.2s`, `80ms`. */
export function printDuration(durationInMs: number): string {
  const ms = Math.max(0, Math.round(durationInMs));
  if (ms < 1_000) return `${ms}ms`;
  if (ms < 10_000 && ms % 1_000 !== 0) return `${(ms / 1_000).toFixed(1)}s`;
  const parts: string[] = [];
  let rest = Math.round(ms / 1_000) * 1_000;
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / unitMs[unit]);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * unitMs[unit];
  }
  return parts.slice(0, 2).join('');
}

/** An instant for people: `2026-03-01T10:15:30Z`. */
export function printInstant(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
