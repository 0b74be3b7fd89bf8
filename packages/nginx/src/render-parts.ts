import { type AudienceMatch, type Slot, slots } from '@bluegreen/contract';
import { bucketCount } from './buckets.js';
import type { RequestMark } from './options.js';
import { layout, type Settings } from './settings.js';

// What the files of both modes have in common.

export function lines(...all: string[]): string {
  return `${all.join('\n')}\n`;
}

/** One upstream per slot, and one that nobody is behind. */
export function upstreams(settings: Settings): string[] {
  return [
    ...slots.flatMap((slot) => upstream(settings, slot)),
    `upstream ${settings.prefix}_nobody { server 127.0.0.1:9 down; }`,
    '',
  ];
}

function upstream({ upstreams }: Settings, slot: Slot): string[] {
  const { name, servers } = upstreams[slot];
  if (servers === null) return [`# ${slot} is the upstream ${name}, declared elsewhere`];
  return [`upstream ${name} {`, ...servers.map((server) => `  server ${server};`), '  keepalive 32;', '}'];
}

export function userMap(settings: Settings): string[] {
  const key = keyVariable(settings);
  return [
    '# How a user is recognised. The key is never empty: an empty one would put all of them into one bucket.',
    `map ${key} $${settings.prefix}_user {`,
    '  ""      "anonymous:$remote_addr:$http_user_agent";',
    `  default "user:${key}";`,
    '}',
  ];
}

function keyVariable({ userKey }: Settings): string {
  return 'cookie' in userKey ? `$cookie_${userKey.cookie}` : headerVariable(userKey.header);
}

function headerVariable(header: string): string {
  return `$http_${header.toLowerCase().replaceAll('-', '_')}`;
}

/** A thousand buckets of users. */
export function split(): string[] {
  const last = bucketCount - 1;
  const rows = Array.from({ length: last }, (_, bucket) => `0.1% ${bucket};`);
  const ten = (start: number) => `  ${rows.slice(start, start + 10).join(' ')}`;
  return [...Array.from({ length: Math.ceil(last / 10) }, (_, index) => ten(index * 10)), `  * ${last};`];
}

/** Who somebody is: the audiences that they belong to, or a preview. */
export function whoMaps(settings: Settings): string[] {
  const { prefix: p, audiences } = settings;
  const memberships = audiences.map((_, index) => `$${p}_in_${index + 1}`);
  return [
    ...audiences.flatMap(({ name, match }, index) => membership(match, memberships[index]!, name)),
    ...previewMap(settings),
    `map $${p}_preview $${p}_who { "" "everyone${memberships.join('')}"; default "preview"; }`,
  ];
}

function membership(match: AudienceMatch, variable: string, name: string): string[] {
  if (!('sourceRanges' in match)) return [markMap(match, variable, `+${name}`)];
  return [`geo ${variable} {`, '  default "";', ...match.sourceRanges.map((range) => `  ${range} "+${name}";`), '}'];
}

function previewMap({ preview, prefix: p }: Settings): string[] {
  if (preview === null) return [`map $server_port $${p}_preview { default ""; }`];
  if ('port' in preview) return [`map $server_port $${p}_preview { default ""; "${preview.port}" "1"; }`];
  return [markMap(preview, `$${p}_preview`, '1')];
}

/** A plain key of `map` is matched without regard to case, so equality is an escaped, anchored, case-sensitive regex. */
function markMap(mark: RequestMark, variable: string, value: string): string {
  const source = 'cookie' in mark ? `$cookie_${mark.cookie}` : headerVariable(mark.header);
  const pattern = [...Buffer.from(mark.equals, 'utf8')].map(escapeByte).join('');
  return `map ${source} ${variable} { default ""; "~^${pattern}\\z" "${value}"; }`;
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Who answers: the beginning of what the internal listener says of itself. */
export function whoAnswers({ fingerprint }: Settings): string {
  return `layout=${layout} fingerprint=${fingerprint} version=$nginx_version address=$remote_addr port=$server_port`;
}

/** The listener that only the adapter asks, with the lines of its locations. */
export function internalListener({ internal }: Settings, locations: readonly string[]): string[] {
  return [
    '# Tells the adapter what the running workers see. Never make it public.',
    'server {',
    `  listen ${internal.listen};`,
    `  server_name ${internal.name};`,
    '  keepalive_timeout 0;',
    '  access_log off;',
    '  log_not_found off;',
    ...locations.map((line) => `  ${line}`),
    '}',
  ];
}
