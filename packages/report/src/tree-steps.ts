import { printDuration } from '@bluegreen/contract';
import type { CompiledStep } from '@bluegreen/machine';
import { commandedPercent } from './fold-steps.js';
import type { Glyphs, Mark } from './glyphs.js';
import { printWeight } from './numbers.js';
import { plannedSteps } from './place.js';
import { type Line, span } from './spans.js';
import type { StepSummary } from './summary.js';
import { gateLabel, gateNames, gateNode } from './tree-gates.js';
import { detail, node, type TreeNode } from './tree-node.js';
import { noteNodes } from './tree-notes.js';
import { clockOf, lastAttempt, leftUntil, type View } from './view.js';
import { stepName } from './wording.js';

const mostPlanned = 4;

/** One row per step that was entered, and what is still to come, folded where it is long. */
export function stepNodes(view: View, phase: number, failed: boolean, glyphs: Glyphs): readonly TreeNode[] {
  const { steps, outcome } = view.summary;
  const entered = steps.map((step) => enteredNode(view, step, phase, failed && step === steps.at(-1), glyphs));
  const next = (steps.at(-1)?.index ?? -1) + 1;
  const later = plannedSteps(view.summary).slice(next);
  const isOver = failed || outcome !== null;
  if (isOver)
    return later.length === 0
      ? entered
      : [...entered, node('planned', stepNames(later), { detail: faint('not reached') })];
  if (later.length <= mostPlanned) return [...entered, ...later.map(plannedNode)];
  const shown = later.slice(0, mostPlanned - 2).map(plannedNode);
  const folded = later.slice(mostPlanned - 2);
  return [...entered, ...shown, node('planned', `${folded.length} more steps`, { detail: faint(stepNames(folded)) })];
}

/** `10 %, 50 %, 100 %` */
export function stepNames(steps: readonly CompiledStep[]): string {
  const names = steps.map(stepName);
  return names.length <= 8 ? names.join(', ') : [...names.slice(0, 4), '…', ...names.slice(-3)].join(', ');
}

function plannedNode(step: CompiledStep): TreeNode {
  const hold = step.holdMs > 0 ? [span(`holds ${printDuration(step.holdMs)}`, 'faint')] : null;
  const raise =
    step.raise === undefined ? null : [span(`up to ${printWeight(step.raise.percent)} if it starves`, 'faint')];
  return node('planned', stepName(step), { detail: detail(raise, hold, gateNames(step.gates)) });
}

function enteredNode(view: View, step: StepSummary, phase: number, failed: boolean, glyphs: Glyphs): TreeNode {
  const mark: Mark = failed ? 'failed' : step.endedAt === null ? 'running' : 'done';
  const gates = plannedSteps(view.summary)[step.index]?.gates ?? [];
  const single = mark === 'done' && gates.length === 1 ? gateNode(view, gates[0]!, glyphs) : null;
  // One gate that passed needs no row of its own.
  const inline =
    single !== null && single.mark === 'done' ? [...gateLabel(gates[0]!, 'plain'), span(' '), ...single.detail] : null;
  const opened = gates.filter((gate) => lastAttempt(view, gate) !== null);
  return node(mark, `${stepName(step)}${raisedText(step)}`, {
    durationMs: (step.endedAt ?? view.at) - step.enteredAt,
    detail: detail(observed(view, step), hold(view, step), inline),
    children: [
      ...(inline === null ? opened.map((gate) => gateNode(view, gate, glyphs)) : []),
      ...noteNodes(view, phase, step.index),
    ],
  });
}

/** Where a step went by itself: `, moved to 20 %, 40 %`. */
function raisedText({ raised }: StepSummary): string {
  return raised.length === 0 ? '' : `, moved to ${raised.map(printWeight).join(', ')}`;
}

/** What the routers were told, and what they showed. */
function observed(view: View, step: StepSummary): Line {
  const isShown = step.observed.every(({ percent }) => percent === commandedPercent(step));
  const shares = step.observed.map(({ service, percent }) => {
    const share = percent === null ? 'unknown' : printWeight(percent);
    return step.observed.length === 1 || isShown ? share : `${service} ${share}`;
  });
  const seen = `observed ${isShown ? shares[0] : shares.join(', ')}`;
  if (step.reachedAt !== null && isShown)
    return [span(`${seen} after ${printDuration(step.reachedAt - step.enteredAt)}`)];
  const { writes, earlierRuns } = view.summary;
  const isCommanded = writes.some(
    ({ kind, place }) => kind === 'route' && place.run === earlierRuns.length && place.step === step.index,
  );
  const told = isCommanded ? `commanded ${printWeight(commandedPercent(step))}` : 'not commanded yet';
  return [span(`${told}, `), span(seen, isShown ? 'plain' : 'warning')];
}

function hold(view: View, step: StepSummary): string | null {
  const { holdsUntil, endedAt, reachedAt } = step;
  if (endedAt !== null || holdsUntil === null || reachedAt === null || holdsUntil <= reachedAt) return null;
  const left = leftUntil(view, holdsUntil);
  return left === null ? 'hold is over' : `holds until ${clockOf(view, holdsUntil)}, ${left} left`;
}

function faint(text: string): Line {
  return [span(text, 'faint')];
}
