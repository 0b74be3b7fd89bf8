import { type BluegreenError, errorCodes, type Finding, fail } from '@bluegreen/contract';

export type PolicyCode = Extract<keyof typeof errorCodes, `policy/${string}`>;

/** Keys and indexes from the policy's root to a place in it. */
export type Path = readonly (string | number)[];

/** Something wrong with a policy, before it becomes a finding or an error. */
export interface Problem {
  readonly severity: Finding['severity'];
  readonly code: PolicyCode;
  readonly path: Path;
  /** What is there, and what could be. */
  readonly detail?: string;
  /** Replaces the table's hint where this place knows better. */
  readonly hint?: string;
  readonly service?: string;
}

export function refusal(code: PolicyCode, path: Path, detail?: string, hint?: string): Problem {
  return problem('refuse', code, path, detail, hint);
}

export function warning(code: PolicyCode, path: Path, detail?: string, hint?: string): Problem {
  return problem('warn', code, path, detail, hint);
}

function problem(severity: Finding['severity'], code: PolicyCode, path: Path, detail?: string, hint?: string): Problem {
  return {
    severity,
    code,
    path,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  };
}

export function toFinding({ severity, code, path, detail, hint, service }: Problem): Finding {
  const { message, hint: usualHint } = errorCodes[code];
  return {
    severity,
    code,
    message: detail === undefined ? message : `${message} (${detail})`,
    hint: hint ?? usualHint,
    ...(path.length === 0 ? {} : { path: printPath(path) }),
    ...(service === undefined ? {} : { service }),
  };
}

/** The first refusal as an error that carries everything, or `null` when nothing refuses. */
export function toError(problems: readonly Problem[]): BluegreenError | null {
  const first = problems.find(({ severity }) => severity === 'refuse');
  if (first === undefined) return null;
  return fail(first.code, {
    findings: problems.map(toFinding),
    ...(first.path.length === 0 ? {} : { path: printPath(first.path) }),
    ...(first.detail === undefined ? {} : { detail: first.detail }),
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  });
}

/** A place as people write it: `shift[1].gates[0].analysis`, `audiences["a b"]`. */
export function printPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part.slice(0, 80))}]`;
  }
  return text;
}

/** Any value, short enough for a message. */
export function printValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : 'an object';
}
