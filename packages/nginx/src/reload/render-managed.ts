import { slots, soleSlot, type TrafficTarget } from '@bluegreen/contract';
import { bucketsOf } from '../buckets.js';
import { type Generation, printGeneration } from '../generation.js';
import { everyWho, ruleFor } from '../people.js';
import { keyVariable, lines, membership, previewMap, split, upstream } from '../render.js';
import { layout, type Settings } from '../settings.js';

/** nginx reads a word of its configuration into a buffer of 4,096 bytes. Source: nginx `src/core/ngx_conf_file.c`. */
const longestWord = 2_000;

/** The generation as one word: base64 has no character that means something to nginx. */
export function encodeGeneration(generation: Generation | null): string {
  return generation === null ? 'none' : Buffer.from(printGeneration(generation)).toString('base64url');
}

/**
 * The one file of reload mode, without its header: everything that decides, and an internal listener that tells which
 * generation a worker runs. Its last statement declares a variable that the listener uses, so a truncated file is
 * refused by `nginx -t` instead of being half in effect.
 */
export function renderManaged(settings: Settings, generation: Generation | null): string {
  const { prefix: p, service, audiences } = settings;
  const target = generation?.target ?? null;
  const memberships = audiences.map((_, index) => `$${p}_in_${index + 1}`).join('');
  const key = target?.cohort.kind === 'per-request' ? '$request_id' : `$${p}_user`;
  return lines(
    `# generation=${encodeGeneration(generation)}`,
    ...slots.flatMap((slot) => upstream(settings, slot)),
    `upstream ${p}_nobody { server 127.0.0.1:9 down; }`,
    '',
    '# How a user is recognised. The key is never empty: an empty one would put all of them into one bucket.',
    `map ${keyVariable(settings)} $${p}_user {`,
    '  ""      "anonymous:$remote_addr:$http_user_agent";',
    `  default "user:${keyVariable(settings)}";`,
    '}',
    `split_clients "${service}:${key}" $${p}_bucket {`,
    ...split(),
    '}',
    '',
    '# Who somebody is, and where they go.',
    ...audiences.flatMap(({ name, match }, index) => membership(match, `$${p}_in_${index + 1}`, name)),
    ...previewMap(settings),
    `map $${p}_preview $${p}_who { "" "everyone${memberships}"; default "preview"; }`,
    ...shares(settings, target),
    ...rules(settings, target),
    `map $${p}_slot $${p}_pool {`,
    ...slots.map((slot) => `  ${slot} ${settings.upstreams[slot].name};`),
    `  default ${p}_nobody;`,
    '}',
    '',
    ...internalServer(settings, generation),
    `map $host $${p}_end { default "end"; }`,
  );
}

/** Which slot the bucket of a user belongs to. */
function shares({ prefix: p }: Settings, target: TrafficTarget | null): string[] {
  const sole = target === null ? 'nobody' : soleSlot(target);
  if (target === null || sole !== null) return [`map $${p}_bucket $${p}_share { default "${sole}"; }`];
  const rows = bucketsOf(target).green.map((bucket) => `${bucket} green;`);
  const ten = Array.from({ length: Math.ceil(rows.length / 10) }, (_, at) => rows.slice(at * 10, at * 10 + 10));
  return [`map $${p}_bucket $${p}_share {`, ...ten.map((row) => `  ${row.join(' ')}`), '  default blue;', '}'];
}

function rules(settings: Settings, target: TrafficTarget | null): string[] {
  const { prefix: p } = settings;
  const special = target === null ? [] : everyWho(settings).filter((who) => ruleFor(who, target) !== 'everyone');
  return [
    `map $${p}_who $${p}_slot {`,
    ...special.map((who) => `  "${who}" "${ruleFor(who, target!)}";`),
    `  default $${p}_share;`,
    '}',
  ];
}

function internalServer(settings: Settings, generation: Generation | null): string[] {
  const { prefix: p, internal, fingerprint } = settings;
  const text = encodeGeneration(generation);
  const words = Array.from({ length: Math.ceil(text.length / longestWord) }, (_, at) =>
    text.slice(at * longestWord, (at + 1) * longestWord),
  );
  const answer = [
    `layout=${layout} fingerprint=${fingerprint} version=$nginx_version address=$remote_addr port=$server_port`,
    `bucket=$${p}_bucket who=$${p}_who pool=$${p}_pool end=$${p}_end pid=$pid`,
    `generation=${words.map((_, at) => `$${p}_word_${at}`).join('')}`,
  ].join(' ');
  return [
    '# Tells the adapter what the running workers see. Never make it public.',
    'server {',
    `  listen ${internal.listen};`,
    `  server_name ${internal.name};`,
    '  keepalive_timeout 0;',
    '  access_log off;',
    '  log_not_found off;',
    '  location = /decision {',
    '    default_type text/plain;',
    ...words.map((word, at) => `    set $${p}_word_${at} "${word}";`),
    `    return 200 "${answer}\\n";`,
    '  }',
    '}',
  ];
}
