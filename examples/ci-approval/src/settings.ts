import { createReleaser, fileJournal, functionEnvironment, type Logger, type Releaser } from '@bluegreen/core';
import { deployTo, platformTraffic } from '@bluegreen/example-platform';

/** What every process of a release is told by its environment. */
export interface Settings {
  readonly release: string;
  readonly version: string;
  /** Makes a releaser over the journal that all of them share. */
  open(): Releaser;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const read = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') throw new Error(`the environment variable ${name} is missing`);
    return value;
  };
  return { release: read('RELEASE'), version: read('VERSION'), open: () => openReleaser(read, env) };
}

function openReleaser(read: (name: string) => string, { CHAT, LEASE_MS }: NodeJS.ProcessEnv): Releaser {
  const on = { url: read('PLATFORM'), service: 'web' };
  const environment = functionEnvironment({
    urls: { blue: read('BLUE'), green: read('GREEN') },
    deploy: ({ version, releaseId, ...call }) =>
      deployTo({ ...on, ...call, stored: { version, releaseId, stamp: null } }),
    retire: (call) => deployTo({ ...on, ...call, stored: { version: null, releaseId: null, stamp: null } }),
  });
  return createReleaser({
    services: { web: { environment, traffic: platformTraffic(on) } },
    journal: fileJournal(read('JOURNAL')),
    logger,
    ...(LEASE_MS === undefined ? {} : { leaseTtlMs: Number(LEASE_MS) }),
    ...(CHAT === undefined ? {} : { notify: { chat: { send: (notice, call) => tell(CHAT, notice, call) } } }),
  });
}

async function tell(url: string, notice: object, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(notice), signal });
  if (!answer.ok) throw new Error(`the chat answered ${answer.status}`);
}

const quiet = (): void => {};
const logger: Logger = { debug: quiet, info: quiet, warn: console.error, error: console.error };
