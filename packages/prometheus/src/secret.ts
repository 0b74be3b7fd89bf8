import { readFile } from 'node:fs/promises';
import { fail } from './failure.js';
import type { Secret } from './options.js';

/** The value now. @throws `prometheus/secret-missing`, which names the place and never a value. */
export async function resolveSecret(secret: Secret): Promise<string> {
  const value = await lookUp(secret);
  if (value === '') throw fail('prometheus/secret-missing', { detail: `${placeOf(secret)} is empty` });
  // What a header may not hold would throw an error that quotes it.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value.replaceAll('\n', ''))) {
    throw fail('prometheus/secret-missing', { detail: `${placeOf(secret)} holds what is no text of a header` });
  }
  return value;
}

async function lookUp(secret: Secret): Promise<string> {
  if (typeof secret === 'function') {
    try {
      return String((await secret()) ?? '').trim();
    } catch {
      throw fail('prometheus/secret-missing', { detail: 'the function of the secret threw' });
    }
  }
  if ('env' in secret) return (process.env[secret.env] ?? '').trim();
  try {
    return (await readFile(secret.file, 'utf8')).trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw fail('prometheus/secret-missing', { detail: `${placeOf(secret)}: ${reason}` });
  }
}

function placeOf(secret: Secret): string {
  if (typeof secret === 'function') return 'the function of the secret';
  return 'env' in secret ? `the environment variable ${secret.env}` : `the file ${secret.file}`;
}
