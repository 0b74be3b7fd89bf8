import type { ProcessIdentity } from './host.js';

/** Names of files in the directory of temporary ones: they say whose they are, so that those of the dead can be found. */
export function temporaryName({ bootId, pidNamespace, pid, startTime }: ProcessIdentity, unique: string): string {
  return [bootId ?? '', pidNamespace ?? '', pid, startTime ?? '', unique]
    .map((part) => encodeURIComponent(part))
    .join('.');
}

/** Whose file that is; `null` for a name that says nothing. Time namespaces don't matter for that. */
export function processOf(name: string): ProcessIdentity | null {
  const parts = name.split('.');
  if (parts.length !== 5) return null;
  const [bootId, pidNamespace, pid, startTime] = parts.map((part) => decodeURIComponent(part));
  if (!/^\d+$/.test(pid!)) return null;
  const orNull = (part: string | undefined): string | null => (part === undefined || part === '' ? null : part);
  return {
    pid: Number(pid),
    startTime: orNull(startTime),
    bootId: orNull(bootId),
    pidNamespace: orNull(pidNamespace),
    timeNamespace: null,
  };
}
