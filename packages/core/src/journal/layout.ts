import { join } from 'node:path';
import { encodeName } from './file-name.js';

/** Where everything lies in a journal's directory. */
export interface Layout {
  readonly root: string;
  /** Files that are being written; nothing here counts. */
  readonly temporary: string;
  /** One presence file per owner that is joined. */
  readonly owners: string;
  readonly leases: string;
  /** One empty file per release, numbered: remembers which release is older. */
  readonly order: string;
  readonly releases: string;
  presence(name: string): string;
  lease(resource: string): string;
  release(releaseId: string): string;
}

export function layoutOf(root: string): Layout {
  const [leases, releases, owners] = [join(root, 'leases'), join(root, 'releases'), join(root, 'owners')];
  return {
    root,
    temporary: join(root, 'temporary'),
    owners,
    leases,
    order: join(root, 'order'),
    releases,
    presence: (name) => join(owners, name),
    lease: (resource) => join(leases, encodeName(resource)),
    release: (releaseId) => join(releases, encodeName(releaseId)),
  };
}

/** Inside the directory of one release. */
export const inboxName = 'inbox';
export const setAsideName = 'set-aside';

export function segmentName(epoch: number): string {
  return `${String(epoch).padStart(6, '0')}.jsonl`;
}

/** The epoch of a segment's name, or `null` for any other file. */
export function segmentEpoch(name: string): number | null {
  return numberIn(/^(\d{6,15})\.jsonl$/, name);
}

export function leaseName(epoch: number): string {
  return `lease.${epoch}`;
}

/** The epoch of a lease's name, or `null` for any other file. */
export function leaseEpoch(name: string): number | null {
  return numberIn(/^lease\.(\d{1,15})$/, name);
}

/** A name that sorts by number first: `00000012.<name>`. */
export function numberedName(number: number, name: string): string {
  return `${String(number).padStart(8, '0')}.${name}`;
}

export interface NumberedName {
  readonly file: string;
  readonly number: number;
  readonly name: string;
}

/** What `numberedName` made, lowest number first; everything else is left out. */
export function numberedNames(files: readonly string[]): readonly NumberedName[] {
  return files
    .flatMap((file) => {
      const found = /^(\d{8,15})\.(.+)$/s.exec(file);
      return found === null ? [] : [{ file, number: Number(found[1]), name: found[2]! }];
    })
    .sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
}

function numberIn(pattern: RegExp, name: string): number | null {
  const found = pattern.exec(name);
  return found === null ? null : Number(found[1]);
}
