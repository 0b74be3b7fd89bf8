import { slots, soleSlot, type TrafficTarget } from '@bluegreen/contract';
import { bucketsOf } from '../buckets.js';
import { type Generation, printGeneration } from '../generation.js';
import { everyWho, ruleFor } from '../people.js';
import { internalListener, lines, split, upstreams, userMap, whoAnswers, whoMaps } from '../render-parts.js';
import type { Settings } from '../settings.js';

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
  const { prefix: p, service } = settings;
  const target = generation?.target ?? null;
  const key = target?.cohort.kind === 'per-request' ? '$request_id' : `$${p}_user`;
  return lines(
    `# generation=${encodeGeneration(generation)}`,
    ...upstreams(settings),
    ...userMap(settings),
    `split_clients "${service}:${key}" $${p}_bucket {`,
    ...split(),
    '}',
    '',
    '# Who somebody is, and where they go.',
    ...whoMaps(settings),
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
  const { prefix: p } = settings;
  const text = encodeGeneration(generation);
  const words = Array.from({ length: Math.ceil(text.length / longestWord) }, (_, at) =>
    text.slice(at * longestWord, (at + 1) * longestWord),
  );
  const answer = [
    whoAnswers(settings),
    `bucket=$${p}_bucket who=$${p}_who pool=$${p}_pool end=$${p}_end pid=$pid`,
    `generation=${words.map((_, at) => `$${p}_word_${at}`).join('')}`,
  ].join(' ');
  return internalListener(settings, [
    'location = /decision {',
    '  default_type text/plain;',
    ...words.map((word, at) => `  set $${p}_word_${at} "${word}";`),
    `  return 200 "${answer}\\n";`,
    '}',
  ]);
}
