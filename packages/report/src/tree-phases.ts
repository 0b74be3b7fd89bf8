import { printDuration } from '@bluegreen/contract';
import type { ActivePhase } from '@bluegreen/machine';
import type { Glyphs, Mark } from './glyphs.js';
import { plannedSteps } from './place.js';
import { type Line, span } from './spans.js';
import type { PhaseSummary } from './summary.js';
import { gateNames, gateNode } from './tree-gates.js';
import { node, type TreeNode } from './tree-node.js';
import { noteNodes } from './tree-notes.js';
import { perService, preparedText, retireText, returnText } from './tree-services.js';
import { stepNames, stepNodes } from './tree-steps.js';
import { clockOf, leftUntil, type View } from './view.js';

const forward: readonly ActivePhase[] = ['preparing', 'verifying', 'shifting', 'baking', 'retiring'];

/** The whole release as a tree: earlier runs, what happened, and what is still to come. */
export function releaseTree(view: View, glyphs: Glyphs): readonly TreeNode[] {
  const { summary } = view;
  const earlier = summary.earlierRuns.map(({ startedAt, endedAt, message }, index) =>
    node('failed', `run ${index + 1}`, { durationMs: endedAt - startedAt, detail: [span(`stuck: ${message}`)] }),
  );
  const entered = summary.phases.flatMap((phase, index) => {
    const rows = [enteredNode(view, phase, index, glyphs)];
    const isFirstShift =
      phase.phase === 'shifting' && summary.phases.findIndex((each) => each.phase === 'shifting') === index;
    return isFirstShift ? [...guardrailNodes(view, glyphs), ...rows] : rows;
  });
  return [...earlier, ...entered, ...plannedNodes(view, glyphs)];
}

function plannedNodes(view: View, glyphs: Glyphs): readonly TreeNode[] {
  const { phases, outcome, phase } = view.summary;
  if (outcome !== null || phase === 'rolling-back') return [];
  const last = forward.indexOf(phases.at(-1)?.phase ?? 'preparing');
  const { bake } = view.summary.plan.policy;
  const isBaked = bake.forMs > 0 || bake.gates.length > 0;
  const later = forward.slice(phases.length === 0 ? 0 : last + 1).filter((each) => each !== 'baking' || isBaked);
  return later.flatMap((each) =>
    each === 'shifting' ? [...guardrailNodes(view, glyphs), plannedNode(view, each)] : [plannedNode(view, each)],
  );
}

function plannedNode({ summary }: View, phase: ActivePhase): TreeNode {
  const { verify, bake, retire } = summary.plan.policy;
  switch (phase) {
    case 'verifying':
      return node('planned', 'verify', { detail: gateNames(verify.gates) });
    case 'shifting':
      return node('planned', 'shift', { detail: [span(stepNames(plannedSteps(summary)), 'faint')] });
    case 'baking':
      return node('planned', bakeName(bake.forMs), { detail: gateNames(bake.gates) });
    case 'retiring': {
      const after =
        retire.after === 'keep' ? 'keeps the old slot warm' : `${printDuration(retire.after)} after the promotion`;
      return node('planned', 'retire', {
        detail: [span(retire.after === 0 ? 'right after the promotion' : after, 'faint')],
      });
    }
    default:
      return node('planned', 'prepare');
  }
}

function enteredNode(view: View, phase: PhaseSummary, index: number, glyphs: Glyphs): TreeNode {
  const mark = phaseMark(view, phase, index);
  const durationMs = (phase.endedAt ?? view.at) - phase.startedAt;
  const notes = noteNodes(view, index, null);
  const { verify, bake } = view.summary.plan.policy;
  switch (phase.phase) {
    case 'preparing':
      return withNotes(node(mark, 'prepare', { durationMs, ...perService(view, mark, preparedText) }), notes);
    case 'verifying': {
      const children = verify.gates.map((gate) => gateNode(view, gate, glyphs));
      const none: Line = children.length === 0 ? [span('no gates', 'faint')] : [];
      return withNotes(node(mark, 'verify', { durationMs, detail: none, children }), notes);
    }
    case 'shifting':
      return withNotes(shiftNode(view, mark, index, durationMs, glyphs), notes);
    case 'baking': {
      const children = bake.gates.map((gate) => gateNode(view, gate, glyphs));
      return withNotes(
        node(mark, bakeName(bake.forMs), { durationMs, detail: bakeTime(view, phase), children }),
        notes,
      );
    }
    case 'retiring':
      return withNotes(
        node(mark, 'retire', { durationMs, ...perService(view, mark, (each) => retireText(view, each)) }),
        notes,
      );
    case 'rolling-back':
      return withNotes(
        node(mark, 'roll back', { durationMs, ...perService(view, mark, (each) => returnText(view, each)) }),
        notes,
      );
  }
}

function withNotes(row: TreeNode, notes: readonly TreeNode[]): TreeNode {
  return notes.length === 0 ? row : { ...row, children: [...row.children, ...notes] };
}

function shiftNode(view: View, mark: Mark, index: number, durationMs: number, glyphs: Glyphs): TreeNode {
  const steps = stepNodes(view, index, mark === 'failed', glyphs);
  if (steps.length !== 1 || plannedSteps(view.summary).length !== 1)
    return node(mark, 'shift', { durationMs, children: steps });
  const only = steps[0]!;
  return { ...only, mark, label: [span('shift '), ...only.label] };
}

function phaseMark({ summary }: View, phase: PhaseSummary, index: number): Mark {
  const isLast = index === summary.phases.length - 1;
  if (isLast && summary.outcome === 'stuck') return 'failed';
  // A release that changed nothing yet goes back without a phase of its own.
  if (isLast && summary.outcome === 'rolled-back' && phase.phase !== 'rolling-back') return 'failed';
  if (phase.endedAt === null) return 'running';
  const next = summary.phases[index + 1];
  return next?.phase === 'rolling-back' ? 'failed' : 'done';
}

function bakeName(forMs: number): string {
  return forMs === 0 ? 'bake' : `bake ${printDuration(forMs)}`;
}

function bakeTime(view: View, { until, endedAt }: PhaseSummary): Line {
  if (endedAt !== null || until === null) return [];
  const left = leftUntil(view, until);
  return [span(left === null ? 'the time is over' : `until ${clockOf(view, until)}, ${left} left`)];
}

function guardrailNodes(view: View, glyphs: Glyphs): readonly TreeNode[] {
  return view.summary.plan.policy.guardrails.map((gate) => {
    const row = gateNode(view, gate, glyphs);
    return { ...row, label: [span('guardrail ', row.mark === 'planned' ? 'faint' : 'plain'), ...row.label] };
  });
}
