import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { type AudienceMatch, type Slot, slots } from '@bluegreen/contract';
import { fail } from './failure.js';
import type { NginxOptions } from './options.js';

/** One side's upstream: rendered by us, or declared by the user (`servers` is null). */
export interface Upstream {
  readonly name: string;
  readonly servers: readonly string[] | null;
}

/** 2^6 ways to be in audiences are 64 names per slot in every generation; more would slow each shift. */
const mostAudiences = 6;

function refuse(option: string, why: string): never {
  throw fail('nginx/options-invalid', { detail: `${option}: ${why}` });
}

export function readService(service: string): string {
  // 24 characters: the longest variable name must fit nginx's default variables_hash_bucket_size of 64.
  if (/^[a-z][a-z0-9-]{0,23}$/.test(service)) return service;
  return refuse('service', `${JSON.stringify(service)} is not 1 to 24 of a-z, 0-9 and -`);
}

/** Paths stand unquoted in the nginx configuration, so only characters without a meaning there are allowed. */
export function readDirectory(option: string, path: string): string {
  if (!isAbsolute(path)) refuse(option, `${JSON.stringify(path)} is not an absolute path`);
  if (!/^[A-Za-z0-9._/@+-]+$/.test(path))
    refuse(option, `${JSON.stringify(path)} has a character other than A-Za-z0-9._/@+-`);
  return resolve(path);
}

export function readAddress(listen: string): { host: string; port: number; listen: string } {
  const found = /^(\[[0-9a-f:]+\]|[0-9.]+):(\d{1,5})$/i.exec(listen);
  const host = found?.[1]?.replace(/^\[|\]$/g, '') ?? '';
  const port = Number(found?.[2]);
  if (isIP(host) === 0 || !(port > 0 && port < 65_536)) {
    refuse('internalListen', `${JSON.stringify(listen)} is not <address>:<port>`);
  }
  return { host, port, listen };
}

export function readUpstreams(given: NginxOptions['upstreams'], prefix: string): Readonly<Record<Slot, Upstream>> {
  const [blue, green] = slots.map((slot) => readUpstream(slot, given?.[slot], prefix)) as [Upstream, Upstream];
  if (blue.name === green.name) refuse('upstreams', 'blue and green are the same upstream');
  const shared = blue.servers?.find((server) => green.servers?.includes(server));
  if (shared !== undefined) refuse('upstreams', `${shared} is in both slots`);
  return { blue, green };
}

function readUpstream(slot: Slot, given: readonly string[] | string | undefined, prefix: string): Upstream {
  if (typeof given === 'string') {
    if (!/^[A-Za-z0-9_.-]+$/.test(given))
      refuse(`upstreams.${slot}`, `${JSON.stringify(given)} is no name of an upstream`);
    return { name: given, servers: null };
  }
  if (!Array.isArray(given) || given.length === 0) refuse(`upstreams.${slot}`, 'name at least one server');
  for (const server of given) {
    if (!/^[^\s;{}"'$#\\]+( [a-z_]+(=[^\s;{}"'$#\\]+)?)*$/.test(server)) {
      refuse(`upstreams.${slot}`, `${JSON.stringify(server)} is not <address> [parameter…]`);
    }
  }
  return { name: `${prefix}_${slot}`, servers: [...given] };
}

/** Checks a header, a cookie or a port, with or without `equals`. */
export function readMark<T extends object>(option: string, mark: T): T {
  const { header, cookie, equals, port } = mark as Record<string, unknown>;
  if (header !== undefined && !/^[A-Za-z0-9-]+$/.test(String(header))) {
    refuse(option, `header ${JSON.stringify(header)} has a character other than A-Za-z0-9-`);
  }
  if (cookie !== undefined && !/^[A-Za-z0-9_]+$/.test(String(cookie))) {
    refuse(option, `nginx has no variable for a cookie called ${JSON.stringify(cookie)}; use A-Za-z0-9_`);
  }
  if (port !== undefined && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536)) {
    refuse(option, `port ${JSON.stringify(port)}`);
  }
  if (
    'equals' in mark &&
    (typeof equals !== 'string' || equals.trim() !== equals || equals === '' || hasControl(equals))
  ) {
    refuse(option, `equals ${JSON.stringify(equals)} must be text that survives in a header`);
  }
  if ([header, cookie, port].filter((value) => value !== undefined).length !== 1) {
    refuse(option, 'name exactly one of header, cookie and port');
  }
  return mark;
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character.charCodeAt(0) < 32 || character.charCodeAt(0) === 127);
}

type Declared = readonly { readonly name: string; readonly match: AudienceMatch }[];

/** The audiences sorted by name. */
export function readAudiences(given: Declared): Declared {
  if (given.length > mostAudiences) refuse('audiences', `at most ${mostAudiences}`);
  const sorted = [...given].sort((a, b) => (a.name < b.name ? -1 : 1));
  sorted.forEach(({ name, match }, index) => {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(name))
      refuse('audiences', `${JSON.stringify(name)} is not a letter and up to 39 of A-Za-z0-9_-`);
    if (sorted[index + 1]?.name === name) refuse('audiences', `${name} is there twice`);
    if ('sourceRanges' in match) for (const range of match.sourceRanges) readRange(name, range);
    else readMark(`audiences.${name}`, match);
  });
  return sorted;
}

function readRange(name: string, range: string): void {
  const [address = '', prefix, ...more] = range.split('/');
  const family = isIP(address);
  const bits = prefix === undefined ? 0 : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || more.length > 0 || !(bits <= (family === 4 ? 32 : 128))) {
    refuse(`audiences.${name}`, `${JSON.stringify(range)} is no address range`);
  }
}
