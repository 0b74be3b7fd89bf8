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
  return [...poolFindings(settings, dump.configuration), ...upstreamFindings(settings, dump.configuration)];
}

/** Somewhere a location must both include our decision and send its requests by it. */
function poolFindings(settings: Settings, configuration: Configuration): Finding[] {
  const proxied = proxyLine(settings).replace(/^proxy_pass |;$/g, '');
  const decides = (each: Directive) => each.name === 'include' && each.words[0] === settings.includeFiles.location;
  const sends = (each: Directive) => each.name === 'proxy_pass' && (each.words[0] ?? '').startsWith(proxied);
  for (const { name, block } of allDirectives(configuration)) {
    if (name !== 'location' && name !== 'server') continue;
    if (block?.some(decides) === true && has(block, sends)) return [];
  }
  return [finding(settings, 'nginx/pool-unused')];
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
