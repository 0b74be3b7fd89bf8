import { BlockList, isIP } from 'node:net';
import type { AudienceMatch, Slot, TrafficTarget } from '@bluegreen/contract';
import type { NginxUser, RequestMark } from './options.js';
import type { Settings } from './settings.js';

/**
 * Who somebody is to nginx: `preview`, or `everyone` followed by the audiences they are in, as in
 * `everyone+beta+office`. One path component, so that one `-f` test decides by audience and bucket at once.
 */
export type Who = string;

const nobodySpecial = 'everyone';

/** Every value that nginx can come to. */
export function everyWho(settings: Settings): readonly Who[] {
  let combined: readonly string[] = [nobodySpecial];
  for (const { name } of settings.audiences) combined = combined.flatMap((before) => [before, `${before}+${name}`]);
  return ['preview', ...combined];
}

/** Where the target sends these people: to a slot by name, to nobody, or wherever their bucket goes. */
export function ruleFor(who: Who, target: TrafficTarget): Slot | 'nobody' | 'everyone' {
  if (who === 'preview') return target.preview ?? 'nobody';
  const memberOf = who.split('+').slice(1);
  const forced = [...target.audiences]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .find(({ name }) => memberOf.includes(name));
  return forced?.slot ?? 'everyone';
}

/** What nginx makes of this user. */
export function whoIs(settings: Settings, user: NginxUser): Who {
  if (isPreview(settings, user)) return 'preview';
  const names = settings.audiences.filter(({ match }) => isIn(match, user)).map(({ name }) => `+${name}`);
  return nobodySpecial + names.join('');
}

/** The text that nginx hashes for this user. */
export function saltedKey(settings: Settings, user: NginxUser): string {
  const { userKey } = settings;
  const own = 'cookie' in userKey ? lookUp(user.cookies, userKey.cookie) : lookUp(user.headers, userKey.header);
  const key = own === '' ? `anonymous:${user.address ?? ''}:${lookUp(user.headers, 'user-agent')}` : `user:${own}`;
  return `${settings.service}:${key}`;
}

function isPreview({ preview }: Settings, user: NginxUser): boolean {
  if (preview === null) return false;
  return 'port' in preview ? user.port === preview.port : carries(preview, user);
}

function isIn(match: AudienceMatch, user: NginxUser): boolean {
  return 'sourceRanges' in match ? isWithinRanges(match.sourceRanges, user.address ?? '') : carries(match, user);
}

function carries(mark: RequestMark, user: NginxUser): boolean {
  const value = 'header' in mark ? lookUp(user.headers, mark.header) : lookUp(user.cookies, mark.cookie);
  return value === mark.equals;
}

function lookUp(record: Readonly<Record<string, string>> | undefined, name: string): string {
  const wanted = name.toLowerCase();
  return Object.entries(record ?? {}).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? '';
}

function isWithinRanges(ranges: readonly string[], address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', prefix] = range.split('/');
    const netFamily = isIP(net) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(net, prefix === undefined ? (netFamily === 'ipv4' ? 32 : 128) : Number(prefix), netFamily);
  }
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
