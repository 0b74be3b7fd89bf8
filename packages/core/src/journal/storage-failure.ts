import { fail, isBluegreenError } from '@bluegreen/contract';
import { failureCode } from './file-system.js';

/** Waiting does not help against these. */
const hopeless = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENAMETOOLONG', 'EXDEV']);

/** Runs `work`; what the disk refuses becomes `journal/storage-failed`, every other error passes. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isBluegreenError(error) ? error : storageFailure(error);
  }
}

function storageFailure(error: unknown): unknown {
  const code = failureCode(error);
  if (code === undefined) return error;
  return fail('journal/storage-failed', {
    detail: (error as Error).message,
    cause: error,
    ...(hopeless.has(code) ? { reaction: 'permanent' as const } : {}),
  });
}
