import { errorCodes } from './error-codes.js';
import type { ErrorEntry, ErrorTable, Reaction } from './error-entry.js';
import type { Finding } from './finding.js';

export interface FailureDetails {
  /** What happened this time: values, names, limits. Never a secret. */
  readonly detail?: string;
  /** Where in the policy, as in `shift[1].gates[0].analysis`. */
  readonly path?: string;
  /** Replaces the table's hint where this place knows better. */
  readonly hint?: string;
  readonly reaction?: Reaction;
  /** For `retry`: the provider asked for this much patience. */
  readonly retryAfterMs?: number;
  /** Everything that was found, where this error is only the first of it. */
  readonly findings?: readonly Finding[];
  readonly cause?: unknown;
}

const marker = Symbol.for('bluegreen.error');

/** The one error class. `code` is stable; `hint` says what to do; `docs` is the page about this code. */
export class BluegreenError extends Error {
  override readonly name = 'BluegreenError';
  readonly code: string;
  readonly hint: string;
  readonly docs: string;
  readonly reaction: Reaction;
  readonly path: string | undefined;
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** Everything that was found, the problem of this error included; empty where nothing was listed. */
  readonly findings: readonly Finding[];

  constructor(code: string, entry: ErrorEntry, details: FailureDetails = {}) {
    const where = details.path === undefined ? '' : ` at ${details.path}`;
    const what = details.detail === undefined ? '' : ` (${details.detail})`;
    super(`${code}${where}: ${entry.message}${what}`, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.hint = details.hint ?? entry.hint;
    this.docs = entry.docs ?? `docs/errors/${code}.md`;
    this.reaction = details.reaction ?? entry.reaction;
    this.path = details.path;
    this.detail = details.detail;
    this.retryAfterMs = details.retryAfterMs;
    this.findings = details.findings ?? [];
    Object.defineProperty(this, marker, { value: true });
  }
}

/** True for a `BluegreenError`, also one made by another copy of this package. */
export function isBluegreenError(value: unknown): value is BluegreenError {
  return typeof value === 'object' && value !== null && marker in value;
}

/**
 * The function that makes errors of one table. An adapter calls it once:
 * `const fail = failures(nginxErrors)`, then `throw fail('nginx/state-unreadable', { detail })`.
 */
export function failures<T extends ErrorTable>(
  table: T,
): (code: keyof T & string, details?: FailureDetails) => BluegreenError {
  return (code, details) => new BluegreenError(code, table[code]!, details);
}

/** The first refusal among findings as an error under its own code, with all of them; `null` when there is none. */
export function refusalOf(findings: readonly Finding[]): BluegreenError | null {
  const first = findings.find(({ severity }) => severity === 'refuse');
  if (first === undefined) return null;
  const { code, message, hint, path, service } = first;
  const place = { ...(path === undefined ? {} : { path }), ...(service === undefined ? {} : { detail: service }) };
  return new BluegreenError(code, { message, hint, reaction: 'permanent' }, { findings, ...place });
}

/** Makes an error of the project's own table. */
export const fail = failures(errorCodes);
