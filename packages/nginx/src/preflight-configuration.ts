import { type Finding, slots } from '@bluegreen/contract';
import { allDirectives, type Configuration, type Directive, has } from './configuration.js';
import { finding } from './finding.js';
import { dumpConfiguration } from './nginx-program.js';
import { proxyLine } from './render.js';
import type { Settings } from './settings.js';

/** What `nginx -T` shows: whether the user's own files use ours. */
export async function configurationFindings(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  if (settings.command === null) return [];
  const dump = await dumpConfiguration(settings.command, signal);
  if ('problem' in dump) return [finding(settings, 'nginx/configuration-unreadable', dump.problem, 'warn')];
  const { configuration } = dump;
  return [
    ...poolFindings(settings, configuration),
    ...tryFilesFindings(settings, configuration),
    ...upstreamFindings(settings, configuration),
    ...(settings.mode === 'reload' ? keepAliveFindings(settings, configuration) : []),
  ];
}

/** Without it a stopping worker closes idle connections at once. Source: nginx.org, `keepalive_min_timeout`. */
function keepAliveFindings(settings: Settings, configuration: Configuration): Finding[] {
  for (const { name } of allDirectives(configuration)) if (name === 'keepalive_min_timeout') return [];
  return [finding(settings, 'nginx/keep-alive-cut', '', 'warn')];
}

/** True for a block that includes our decision. */
function decides(settings: Settings, { block }: Directive): boolean {
  const isOurs = (each: Directive) => each.name === 'include' && each.words[0] === settings.includeFiles.location;
  return block?.some(isOurs) === true;
}

/** Somewhere a location must both include our decision and send its requests by it. */
function poolFindings(settings: Settings, configuration: Configuration): Finding[] {
  const proxied = proxyLine(settings).replace(/^proxy_pass |;$/g, '');
  const sends = (each: Directive) => each.name === 'proxy_pass' && (each.words[0] ?? '').startsWith(proxied);
  for (const each of allDirectives(configuration)) {
    // In reload mode the decision is a variable of the http block, so naming it is all that a location does.
    if (settings.mode === 'reload' ? sends(each) : decides(settings, each) && has(each.block ?? [], sends)) return [];
  }
  return [finding(settings, 'nginx/pool-unused')];
}

/** The `if` of the decision has no `try_files`, and nginx serves from there. */
function tryFilesFindings(settings: Settings, configuration: Configuration): Finding[] {
  for (const each of allDirectives(configuration)) {
    const tries = each.block?.some(({ name }) => name === 'try_files') === true;
    if (tries && each.name === 'location' && decides(settings, each)) {
      return [finding(settings, 'nginx/try-files-ignored', `location ${each.words.join(' ')}`)];
    }
  }
  return [];
}

/** A pool that is named but not declared would be answered with 502. */
function upstreamFindings(settings: Settings, configuration: Configuration): Finding[] {
  const declared = new Set<string>();
  for (const { name, words } of allDirectives(configuration)) if (name === 'upstream') declared.add(words[0] ?? '');
  return slots
    .map((slot) => settings.upstreams[slot])
    .filter(({ name, servers }) => servers === null && !declared.has(name))
    .map(({ name }) => finding(settings, 'nginx/upstream-undeclared', name));
}
