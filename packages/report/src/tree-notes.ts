import { printWeight } from './numbers.js';
import { type Line, span } from './spans.js';
import type { DriftSummary, PauseSummary, WriteSummary } from './summary.js';
import { node, type TreeNode } from './tree-node.js';
import { clockOf, isAt, type View } from './view.js';

const mostNotes = 6;

/** What happened besides the plan while this phase, or this step of it, lasted: oldest first. */
export function noteNodes(view: View, phase: number, step: number | null): readonly TreeNode[] {
  const { summary } = view;
  const found = [
    ...summary.recoveries
      .filter(({ place }) => isAt(place, view, phase, step))
      .map(({ at, owner, absentMs }) => ({
        at,
        node: node('warning', 'recovered', {
          durationMs: absentMs,
          detail: note(view, at, `by ${owner}; nobody watched meanwhile, which counts for nothing`),
        }),
      })),
    ...summary.pauses
      .filter(({ place }) => isAt(place, view, phase, step))
      .map((each) => heldNote(view, each, 'paused', `by ${each.reason}`)),
    ...summary.drifts
      .filter(({ place }) => isAt(place, view, phase, step))
      .map((each) => heldNote(view, each, 'drifted', driftText(view, each))),
    ...summary.commands
      .filter(({ place, refused }) => refused !== null && isAt(place, view, phase, step))
      .map(({ at, by, requested, refused }) => ({
        at,
        node: node('warning', 'refused', {
          detail: note(view, at, `${requested.replace(/-(requested|granted|cut)$/, '')} by ${by} (${refused})`),
        }),
      })),
    ...retryNotes(
      view,
      summary.writes.filter(({ place }) => isAt(place, view, phase, step)),
    ),
  ];
  const nodes = found.sort((a, b) => a.at - b.at).map((each) => each.node);
  const hidden = nodes.length - mostNotes;
  return hidden <= 0 ? nodes : [node('warning', `${hidden} earlier notes`), ...nodes.slice(hidden)];
}

interface Note {
  readonly at: number;
  readonly node: TreeNode;
}

function heldNote(view: View, each: PauseSummary | DriftSummary, label: string, text: string): Note {
  const durationMs = (each.until ?? view.summary.at) - each.at;
  const isOpen = each.until === null && view.summary.outcome === null;
  return {
    at: each.at,
    node: node('warning', [span(label, isOpen ? 'warning' : 'plain')], {
      durationMs: isOpen ? view.at - each.at : durationMs,
      detail: note(view, each.at, text),
    }),
  };
}

function driftText({ summary }: View, { service, summary: text }: DriftSummary): string {
  return summary.services.length === 1 ? text : `${service}: ${text}`;
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
  const times = attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`;
  const what = `${writeName(view, last)}: ${times} failed, last with ${last.failure!.code}: ${last.failure!.message}`;
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
