import { slots } from '@bluegreen/contract';
import { internalListener, lines, split, upstreams, userMap, whoAnswers, whoMaps } from './render-parts.js';
import type { Settings } from './settings.js';

const quietFiles = ['open_file_cache off;', 'disable_symlinks off;'];

/** The file for the `http` block: upstreams, how a user is recognised, the split, and the internal listener. */
export function renderHttp(settings: Settings): string {
  const { prefix: p, service } = settings;
  return lines(
    ...upstreams(settings),
    ...userMap(settings),
    `map $${p}_dice $${p}_key { "" "$${p}_user"; default "$request_id"; }`,
    `split_clients "${service}:$${p}_key" $${p}_bucket {`,
    ...split(),
    '}',
    '',
    ...mirrorMaps(settings),
    '# Who somebody is. Every value comes from a closed list: nothing of the request reaches a path.',
    ...whoMaps(settings),
    `map $${p}_preview $${p}_reach { "" "everyone"; default "preview"; }`,
    `map $${p}_preview $${p}_last { "" "${lastPool(settings)}"; default "${p}_nobody"; }`,
    '',
    ...internalServer(settings),
  );
}

/** The file for every `location` that proxies to this service: it sets the variable that `proxy_pass` names. */
export function renderLocation(settings: Settings): string {
  const { prefix: p, stateDirectory: state, fallbackDirectory: fallback } = settings;
  return lines(
    '# A cached stat would keep an old state for seconds; the state is reached through a symbolic link.',
    ...quietFiles,
    `set $${p}_dice "";`,
    `if (-f ${state}/current/per-request) { set $${p}_dice "1"; }`,
    '# From the weakest to the strongest: last resort, fallback marker, switch state.',
    `set $${p}_pool $${p}_last;`,
    ...slots.map((slot) => choose(settings, slot, `${fallback}/current/${slot}-$${p}_reach`)),
    ...slots.map((slot) => choose(settings, slot, `${state}/current/${slot}/$${p}_who/$${p}_bucket`)),
    ...(settings.mirror ? [`mirror ${mirrorPath(settings)};`, 'mirror_request_body off;'] : []),
  );
}

/** The file for the `server` block, with a mirror only: where copies of requests go. */
export function renderServer(settings: Settings): string {
  const { prefix: p, stateDirectory: state, upstreams } = settings;
  return lines(
    `location = ${mirrorPath(settings)} {`,
    '  internal;',
    ...quietFiles.map((line) => `  ${line}`),
    // Variables are those of the request that is copied, so this must not be the one that it is sent by.
    `  set $${p}_copy "";`,
    ...slots.map(
      (slot) => `  if (-f ${state}/current/mirror/${slot}/$${p}_roll) { set $${p}_copy ${upstreams[slot].name}; }`,
    ),
    `  if ($${p}_copied = "") { set $${p}_copy ""; }`,
    `  if ($${p}_copy = "") { return 204; }`,
    '  # A slow copy would delay the next request of the same connection.',
    ...['connect', 'send', 'read'].map((what) => `  proxy_${what}_timeout ${mirrorPatience};`),
    '  proxy_pass_request_body off;',
    '  proxy_set_header Content-Length "";',
    '  proxy_set_header Host $host;',
    '  proxy_set_header Connection "";',
    '  proxy_set_header X-Bluegreen-Mirror "1";',
    '  proxy_http_version 1.1;',
    `  proxy_pass http://$${p}_copy$request_uri;`,
    '}',
  );
}

/** Measured on nginx 1.22.1: a copy that takes 500 ms delayed the next request by 503 ms, with this limit by 50 ms. */
const mirrorPatience = '50ms';

function mirrorPath({ service }: Settings): string {
  return `/bluegreen-mirror-${service}`;
}

/** Which requests are copied: dice of their own for each, and only methods that change nothing. */
function mirrorMaps({ mirror, prefix: p }: Settings): string[] {
  if (!mirror) return [];
  return [
    `split_clients "mirror:$request_id" $${p}_roll {`,
    ...split(),
    '}',
    `map $request_method $${p}_copied { GET 1; HEAD 1; OPTIONS 1; default ""; }`,
    '',
  ];
}

/** The line that sends requests where the location include decided. */
export function proxyLine(settings: Settings): string {
  return `proxy_pass http://$${settings.prefix}_pool;`;
}

function choose(settings: Settings, slot: 'blue' | 'green', file: string): string {
  return `if (-f ${file}) { set $${settings.prefix}_pool ${settings.upstreams[slot].name}; }`;
}

function lastPool({ lastResort, upstreams, prefix }: Settings): string {
  return lastResort === null ? `${prefix}_nobody` : upstreams[lastResort].name;
}

function internalServer(settings: Settings): string[] {
  const { prefix: p, includeFiles, stateDirectory, fallbackDirectory } = settings;
  const answer = [
    whoAnswers(settings),
    `bucket=$${p}_bucket who=$${p}_who pool=$${p}_pool fallback=$${p}_fallback`,
    `state=$${p}_state marker=$${p}_marker dice=$${p}_dice`,
  ].join(' ');
  return internalListener(settings, [
    'location = /generation {',
    ...quietFiles.map((line) => `  ${line}`),
    '  default_type text/plain;',
    `  alias ${stateDirectory}/current/generation;`,
    '}',
    'location = /decision {',
    `  include ${includeFiles.location};`,
    `  set $${p}_fallback $${p}_last;`,
    ...slots.map(
      (slot) =>
        `  if (-f ${fallbackDirectory}/current/${slot}-everyone) { set $${p}_fallback ${settings.upstreams[slot].name}; }`,
    ),
    `  set $${p}_state no;`,
    `  if (-f ${stateDirectory}/setup) { set $${p}_state yes; }`,
    `  set $${p}_marker no;`,
    `  if (-f ${fallbackDirectory}/setup) { set $${p}_marker yes; }`,
    '  default_type text/plain;',
    `  return 200 "${answer}\\n";`,
    '}',
  ]);
}
