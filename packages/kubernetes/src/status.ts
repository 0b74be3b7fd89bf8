import type { BluegreenError } from '@bluegreen/contract';
import { fail, type KubernetesCode } from './failure.js';

/** What the API server says when it does not do what it was asked. */
export interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

export interface FailedReply {
  readonly status: number;
  readonly body: Status;
  /** Seconds, as the header says. */
  readonly retryAfter?: string | undefined;
  readonly isWrite: boolean;
  /** For people: method and path. */
  readonly what: string;
}

/**
 * The error that an answer means. Decided by `reason` first and the status code second, never by the message.
 *
 * 500, 503 and 504 after a write say that it may have happened: "outcome of the call is unknown" is what the API server
 * itself calls a 500 (apimachinery, pkg/api/errors).
 */
export function failureOf(reply: FailedReply): BluegreenError {
  const seconds = reply.body.details?.retryAfterSeconds ?? Number(reply.retryAfter);
  const patience = Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
  return fail(codeOf(reply), { detail: describe(reply), ...patience });
}

/** Where the reason alone says what to do. */
const codeOfReason: Readonly<Record<string, KubernetesCode>> = {
  AlreadyExists: 'kubernetes/outcome-unknown',
  NotFound: 'kubernetes/not-found',
  Forbidden: 'kubernetes/forbidden',
  Unauthorized: 'kubernetes/unauthorized',
  TooManyRequests: 'kubernetes/throttled',
  Expired: 'kubernetes/expired',
  Gone: 'kubernetes/expired',
  BadRequest: 'kubernetes/refused',
  UnsupportedMediaType: 'kubernetes/refused',
  MethodNotAllowed: 'kubernetes/refused',
  RequestEntityTooLarge: 'kubernetes/refused',
};

const codeOfStatus: Readonly<Record<number, KubernetesCode>> = {
  400: 'kubernetes/refused',
  401: 'kubernetes/unauthorized',
  403: 'kubernetes/forbidden',
  404: 'kubernetes/not-found',
  405: 'kubernetes/refused',
  409: 'kubernetes/conflict',
  410: 'kubernetes/expired',
  413: 'kubernetes/refused',
  415: 'kubernetes/refused',
  422: 'kubernetes/refused',
  429: 'kubernetes/throttled',
};

function codeOf({ status, body, isWrite }: FailedReply): KubernetesCode {
  const causes = body.details?.causes ?? [];
  if (body.reason === 'Conflict') return isOwned(body) ? 'kubernetes/field-owned' : 'kubernetes/conflict';
  // A failed `test` of a JSON patch is the only 422 without a cause.
  if (body.reason === 'Invalid') return causes.length === 0 ? 'kubernetes/conflict' : 'kubernetes/refused';
  const byReason = body.reason === undefined ? undefined : codeOfReason[body.reason];
  if (byReason !== undefined) return byReason;
  const byStatus = codeOfStatus[status];
  if (byStatus !== undefined) return byStatus;
  if (status >= 500) return isWrite ? 'kubernetes/outcome-unknown' : 'kubernetes/read-failed';
  return 'kubernetes/answer-unreadable';
}

function isOwned(body: Status): boolean {
  return body.details?.causes?.some(({ reason }) => reason === 'FieldManagerConflict') ?? false;
}

/** The field managers that a conflict of server-side apply names, each with the fields. */
export function ownersOf(body: Status): readonly { readonly manager: string; readonly field: string }[] {
  return (body.details?.causes ?? [])
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ message = '', field = '' }) => ({ manager: /"([^"]*)"/.exec(message)?.[1] ?? message, field }));
}

function describe({ what, status, body }: FailedReply): string {
  const owners = ownersOf(body).map(({ manager, field }) => `${manager} owns ${field}`);
  const causes = (body.details?.causes ?? []).map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`);
  const said = owners.length > 0 ? owners : causes.length > 0 ? causes : [body.message ?? body.reason ?? ''];
  return `${what}: ${status} ${said.slice(0, 4).join('; ').slice(0, 400)}`.trim();
}
