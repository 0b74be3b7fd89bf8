import { createHash } from 'node:crypto';
import { isAbsolute, join, resolve } from 'node:path';
import { type AudienceMatch, type Clock, durationMs, type Slot, systemClock } from '@bluegreen/contract';
import {
  readAddress,
  readAudiences,
  readDirectory,
  readMark,
  readService,
  readUpstreams,
  type Upstream,
} from './check-options.js';
import { fail } from './failure.js';
import type { NginxOptions, PreviewAddress, UserKey } from './options.js';

/** The options with every default filled in and every value checked. */
export interface Settings {
  readonly service: string;
  readonly mode: 'switch' | 'reload';
  /** Start of every nginx variable and upstream of this service. */
  readonly prefix: string;
  readonly upstreams: Readonly<Record<Slot, Upstream>>;
  readonly userKey: UserKey;
  /** Sorted by name, which is also their precedence. */
  readonly audiences: readonly { readonly name: string; readonly match: AudienceMatch }[];
  readonly preview: PreviewAddress | null;
  readonly mirror: boolean;
  readonly stateDirectory: string;
  readonly fallbackDirectory: string;
  readonly includeFiles: { readonly http: string; readonly location: string; readonly server: string };
  readonly internal: { readonly host: string; readonly port: number; readonly listen: string; readonly name: string };
  readonly lastResort: Slot | null;
  readonly longestRequestMs: number;
  readonly command: readonly string[] | null;
  readonly pidFile: string;
  readonly now: () => number;
  readonly clock: Clock;
  /** Fingerprint of everything that stands in the include files; the running nginx tells it back. */
  readonly fingerprint: string;
}

/** Version of the files on disk and of what nginx answers; another one means another, incompatible meaning. */
export const layout = 1;

/** Checks the options. @throws `nginx/options-invalid` with the option and the reason. */
export function readOptions(options: NginxOptions): Settings {
  const service = readService(options.service);
  const includeDirectory = readDirectory('includeDirectory', options.includeDirectory ?? '/etc/nginx/bluegreen');
  const prefix = `bluegreen_${service.replaceAll('-', '_')}`;
  const mode = readMode(options);
  const mirror = options.mirror ?? false;
  const listen = readAddress(options.internalListen ?? '127.0.0.1:8081');
  const rendered = {
    service,
    prefix,
    upstreams: readUpstreams(options.upstreams, prefix),
    userKey: readMark('userKey', options.userKey),
    audiences: readAudiences(options.audiences ?? []),
    preview: options.preview === undefined ? null : readMark('preview', options.preview),
    stateDirectory: readDirectory('stateDirectory', options.stateDirectory ?? `/var/lib/bluegreen/${service}`),
    fallbackDirectory: readDirectory(
      'fallbackDirectory',
      options.fallbackDirectory ?? join(includeDirectory, `${service}.fallback`),
    ),
    internal: { ...listen, name: `${service}.bluegreen.internal` },
    lastResort: readLastResort(options.lastResort ?? 'unavailable'),
  };
  if (isWithin(rendered.stateDirectory, rendered.fallbackDirectory)) {
    throw fail('nginx/options-invalid', { detail: 'fallbackDirectory lies inside stateDirectory: both would be lost' });
  }
  return {
    ...rendered,
    mode,
    mirror,
    includeFiles: {
      http: join(includeDirectory, `${service}.http.conf`),
      location: join(includeDirectory, `${service}.location.conf`),
      server: join(includeDirectory, `${service}.server.conf`),
    },
    longestRequestMs: durationMs(options.longestRequest ?? '60s', 'longestRequest'),
    command: options.command === false ? null : readCommand(options.command ?? ['nginx']),
    pidFile: readDirectory('pidFile', options.pidFile ?? '/run/nginx.pid'),
    now: options.now ?? Date.now,
    clock: options.clock ?? systemClock(),
    fingerprint: createHash('sha256')
      .update(JSON.stringify([layout, rendered, ...(mode === 'reload' ? [mode] : []), ...(mirror ? ['mirror'] : [])]))
      .digest('hex')
      .slice(0, 16),
  };
}

/** In reload mode the include file is the whole state: nginx does not start without it, so nothing falls back. */
function readMode({ mode = 'switch', lastResort, fallbackDirectory, command, mirror }: NginxOptions): Settings['mode'] {
  const refuse = (detail: string) => fail('nginx/options-invalid', { detail });
  if (mode !== 'switch' && mode !== 'reload') throw refuse(`mode: ${JSON.stringify(mode)}`);
  if (mirror !== undefined && typeof mirror !== 'boolean') throw refuse(`mirror: ${JSON.stringify(mirror)}`);
  if (mode === 'switch') return mode;
  if (lastResort !== undefined || fallbackDirectory !== undefined) {
    throw refuse('lastResort and fallbackDirectory are of switch mode; in reload mode nothing falls back');
  }
  if (mirror === true) throw refuse('mirror: reload mode has none');
  if (command === false) throw refuse('command: reload mode has to start nginx with -t and -s reload');
  return mode;
}

function readLastResort(value: Slot | 'unavailable'): Slot | null {
  if (value === 'unavailable') return null;
  if (value === 'blue' || value === 'green') return value;
  throw fail('nginx/options-invalid', { detail: `lastResort: ${JSON.stringify(value)}` });
}

function readCommand(command: readonly string[]): readonly string[] {
  if (command.length === 0) throw fail('nginx/options-invalid', { detail: 'command is empty; use false instead' });
  return command;
}

function isWithin(outer: string, inner: string): boolean {
  if (!isAbsolute(inner)) return false;
  return `${resolve(inner)}/`.startsWith(`${resolve(outer)}/`);
}
