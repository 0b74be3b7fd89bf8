import { createHash } from 'node:crypto';
import { type Generation, readGeneration } from '../generation.js';
import { type IncludeStatus, statusOf, withHeader } from '../include-file.js';
import { changedAtMs, textAt } from '../reading.js';
import type { Settings } from '../settings.js';
import { renderManaged } from './render-managed.js';

/** The include file of reload mode as it lies on disk: what the next reload would load. */
export interface ManagedFile {
  readonly status: IncludeStatus;
  /** `null` when it is missing. */
  readonly text: string | null;
  /** What it routes; `null` when it routes nobody, or when it is not ours. */
  readonly generation: Generation | null;
  /** False for a file of switch mode, which has no generation in it. */
  readonly hasRouting: boolean;
  /** When it was put in place, in milliseconds since the epoch. */
  readonly changedAtMs: number | null;
  readonly revision: string;
}

/** The whole file for this generation, header included. */
export function printManaged(settings: Settings, generation: Generation | null): string {
  return withHeader(settings, renderManaged(settings, generation));
}

/** Reads the file as of one moment. */
export async function readManaged(settings: Settings): Promise<ManagedFile> {
  const path = settings.includeFiles.http;
  const text = await textAt(path);
  const status = text === null ? 'missing' : statusOf(settings, text);
  const word = /^# generation=(\S+)$/m.exec(text ?? '')?.[1];
  const generation = status === 'edited' || word === undefined ? null : decodeGeneration(word);
  return {
    status,
    text,
    generation,
    hasRouting: word !== undefined,
    changedAtMs: text === null ? null : await changedAtMs(path),
    revision: revisionOf(text),
  };
}

/** The generation in a word that `encodeGeneration` made; `null` for any other. */
export function decodeGeneration(word: string): Generation | null {
  return readGeneration(Buffer.from(word, 'base64url').toString('utf8'));
}

/** Fingerprint of the file. */
export function revisionOf(text: string | null): string {
  return createHash('sha256')
    .update(text === null ? 'missing' : `text:${text}`)
    .digest('hex')
    .slice(0, 32);
}
