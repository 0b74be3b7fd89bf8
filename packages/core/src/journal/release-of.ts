import { releaseResource } from '@bluegreen/contract';

const prefix = releaseResource('');

/** The release whose own resource this is, or `null`. */
export function releaseOf(resource: string): string | null {
  return resource.startsWith(prefix) ? resource.slice(prefix.length) : null;
}
