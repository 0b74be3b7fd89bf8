import { printWeight } from './numbers.js';
import { type Line, span } from './spans.js';
import type { CommandSummary, DipSummary, Place, RecoverySummary, WriteSummary } from './summary.js';
import { node, type TreeNode } from './tree-node.js';
import { clockOf, isAt, type View } from './view.js';
import { failureText, readyText } from './wording.js';

const mostNotes = 6;

/** What happened besides the plan while this phase, or this step of it, lasted: oldest first. */
export function noteNodes(view: View, phase: number, step: number | null): readonly TreeNode[] {
  const { recoveries, pauses, drifts, dips, commands, writes } = view.summary;
  const here = <T extends { readonly place: Place }>(all: readonly T[]): readonly T[] =>
    all.filter(({ place }) => isAt(place, view, phase, step));
  const found: readonly Note[] = [
    ...here(recoveries).map((each) => recoveryNote(view, each)),
    ...here(pauses).map((each) => lastingNote(view, each, 'paused', `by ${each.reason}`)),
    ...here(drifts).map((each) => lastingNote(view, each, 'drifted', ofService(view, each.service, each.summary))),
    ...here(dips).map((each) => lastingNote(view, each, 'not ready', dipText(view, each))),
    ...here(commands.filter(({ refused }) => refused !== null)).map((each) => refusedNote(view, each)),
    ...retryNotes(view, here(writes)),
  ];
  const nodes = found.toSorted((a, b) => a.at - b.at).map((each) => each.node);
  const hidden = nodes.length - mostNotes;
  return hidden <= 0 ? nodes : [node('warning', `${hidden} earlier notes`), ...nodes.slice(hidden)];
}

interface Note {
  readonly at: number;
  readonly node: TreeNode;
}

/** Something that lasts until it is over, or until now. */
function lastingNote(
  view: View,
  each: { readonly at: number; readonly until: number | null },
  label: string,
  text: string,
): Note {
  const isOpen = each.until === null && view.summary.outcome === null;
  const ended = each.until ?? (isOpen ? view.at : view.summary.at);
  const tone = isOpen ? 'warning' : 'plain';
  return {
    at: each.at,
    node: node('warning', [span(label, tone)], { durationMs: ended - each.at, detail: note(view, each.at, text) }),
  };
}

function recoveryNote(view: View, { at, owner, absentMs }: RecoverySummary): Note {
  const text = `by ${owner}; nobody watched meanwhile, which counts for nothing`;
  return { at, node: node('warning', 'recovered', { durationMs: absentMs, detail: note(view, at, text) }) };
}

function refusedNote(view: View, { at, by, requested, refused }: CommandSummary): Note {
  const text = `${requested.replace(/-(requested|granted|cut)$/, '')} by ${by} (${refused})`;
  return { at, node: node('warning', 'refused', { detail: note(view, at, text) }) };
}

function ofService({ summary }: View, service: string, text: string): string {
  return summary.services.length === 1 ? text : `${service}: ${text}`;
}

function dipText(view: View, { service, slot, reading }: DipSummary): string {
  const [count, why] = readyText(reading);
  return ofService(view, service, `${slot} had ${count}${why === '' ? '' : `: ${why}`}`);
}

function note(view: View, at: number, text: string): Line {
  return [span(`at ${clockOf(view, at)} `, 'faint'), span(text)];
}

/** One note for all failed attempts at the same write. */
function retryNotes(view: View, writes: readonly WriteSummary[]): readonly Note[] {
  const failed = new Map<string, WriteSummary[]>();
  for (const write of writes) {
    if (write.failure === null) continue;
    const same = JSON.stringify([write.kind, write.service, write.slot, write.greenPercent]);
    failed.set(same, [...(failed.get(same) ?? []), write]);
  }
  return [...failed.values()].map((attempts) => retryNote(view, attempts, writes));
}

function retryNote(view: View, attempts: readonly WriteSummary[], writes: readonly WriteSummary[]): Note {
  const last = attempts.at(-1)!;
  const isOver = writes.some(
    (write) => write.kind === last.kind && write.service === last.service && write.startedAt > last.startedAt,
  );
  const times = attempts.length === 1 ? 'failed' : `failed ${attempts.length} times, last`;
  const what = `${writeName(view, last)} ${times} with ${failureText(last.failure!)}`;
  return {
    at: last.startedAt,
    node: node('warning', isOver ? 'retried' : 'failed', { detail: note(view, last.startedAt, what) }),
  };
}

function writeName({ summary }: View, { kind, service, slot, greenPercent }: WriteSummary): string {
  const roles = summary.services.find(({ name }) => name === service)?.roles ?? null;
  const of = summary.services.length === 1 ? '' : ` of ${service}`;
  if (kind !== 'route' || greenPercent === null) return `${kind} ${slot ?? ''}${of}`;
  const percent = roles?.candidate === 'blue' ? Math.round(1_000 - greenPercent * 10) / 10 : greenPercent;
  return `route ${printWeight(percent)}${of}`;
}
