import { type BluegreenError, failures, isBluegreenError } from '@bluegreen/contract';
import { nginxErrors } from './error-codes.js';

/** Makes an error of this adapter's table. */
export const fail = failures(nginxErrors);

const codeOfErrno = {
  ENOSPC: 'nginx/disk-full',
  EDQUOT: 'nginx/disk-full',
  EROFS: 'nginx/read-only',
  EACCES: 'nginx/not-permitted',
  EPERM: 'nginx/not-permitted',
  EXDEV: 'nginx/across-mounts',
  EMFILE: 'nginx/too-many-files',
  ENFILE: 'nginx/too-many-files',
} as const satisfies Record<string, keyof typeof nginxErrors>;

/** The system's error name, as in `ENOENT`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** A file system error in the words of this adapter; one that is ours already is passed through. */
export function fromSystem(error: unknown): BluegreenError {
  if (isBluegreenError(error)) return error;
  const errno = errnoOf(error);
  const code = errno !== undefined && errno in codeOfErrno ? codeOfErrno[errno as keyof typeof codeOfErrno] : undefined;
  return fail(code ?? 'nginx/state-failed', { detail: (error as Error).message, cause: error });
}
