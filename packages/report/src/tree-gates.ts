import { printDuration } from '@bluegreen/contract';
import type { CompiledGate } from '@bluegreen/machine';
import { evidenceText } from './evidence-text.js';
import type { Glyphs, Mark } from './glyphs.js';
import type { Tone } from './palette.js';
import { type Line, nameSpan, span } from './spans.js';
import type { GateAttempt } from './summary.js';
import { detail, node, type TreeNode } from './tree-node.js';
import { clockOf, lastAttempt, leftUntil, type View } from './view.js';

const mostBars = 10;

export function gateNode(view: View, gate: CompiledGate, glyphs: Glyphs): TreeNode {
  const attempt = lastAttempt(view, gate);
  if (attempt === null) return node('planned', gateLabel(gate, 'faint'));
  const mark = gateMark(gate, attempt);
  return node(mark, gateLabel(gate, mark === 'planned' ? 'faint' : 'plain'), {
    durationMs: durationMs(view, gate, attempt),
    detail: gateDetail(view, gate, attempt, glyphs),
  });
}

/** The gates of a part of the policy that nobody reached yet, by name. */
export function gateNames(gates: readonly CompiledGate[]): Line {
  return gates.flatMap((gate, index) => [...(index === 0 ? [] : [span(', ', 'faint')]), ...gateLabel(gate, 'faint')]);
}

export function gateLabel(gate: CompiledGate, tone: Tone): Line {
  const name = nameSpan(gate.name, tone);
  const dry = gate.dryRun ? [span(' (dry run)', 'faint')] : [];
  if (gate.kind === 'approval') return [span('approval ', tone), name, ...dry];
  if (gate.kind === 'wait') return [span(`wait ${printDuration(gate.waitMs)}`, tone), ...dry];
  return [name, ...dry];
}

function gateMark(gate: CompiledGate, { verdict, settledAt }: GateAttempt): Mark {
  switch (verdict) {
    case 'pass':
      return settledAt === null && gate.kind === 'analysis' ? 'running' : 'done';
    case 'fail':
      return gate.dryRun ? 'warning' : 'failed';
    case 'error':
      return 'warning';
    case 'cancelled':
    case 'skipped':
      return 'planned';
    default:
      return settledAt === null ? 'running' : 'planned';
  }
}

/** An analysis is judged until its step ends; every other gate is over with its word. */
function durationMs(view: View, gate: CompiledGate, attempt: GateAttempt): number | null {
  const { openedAt, verdict, verdictAt, settledAt } = attempt;
  const isDecided = verdict === 'pass' || verdict === 'fail';
  const decidedAt = gate.kind !== 'analysis' && isDecided ? verdictAt : settledAt;
  return (decidedAt ?? view.at) - openedAt;
}

function gateDetail(view: View, gate: CompiledGate, attempt: GateAttempt, glyphs: Glyphs): Line {
  const again = attempt.attempt > 1 ? [span(`attempt ${attempt.attempt}`, 'warning')] : null;
  if (gate.kind === 'approval') return detail(again, approvalDetail(view, gate, attempt));
  return detail(again, foundDetail(view, gate, attempt, glyphs));
}

function foundDetail(view: View, gate: CompiledGate, attempt: GateAttempt, glyphs: Glyphs): Line {
  const { verdict, settledAt } = attempt;
  if (gate.kind === 'wait' && settledAt === null)
    return [span(`until ${clockOf(view, attempt.openedAt + gate.waitMs)}`)];
  const found = evidenceText(view.summary, gate, attempt);
  const isDropped = verdict === 'cancelled' || verdict === 'skipped' || (settledAt !== null && verdict === null);
  if (isDropped) return detail([span(verdict ?? 'cancelled', 'faint')], found === null ? null : [span(found, 'faint')]);
  if (found === null) return [span(gate.kind === 'analysis' ? 'measuring' : 'running', 'faint')];
  const unsure = verdict === 'error' ? [span('error: ', 'warning')] : [];
  const tone: Tone = verdict === 'fail' ? (gate.dryRun ? 'warning' : 'bad') : verdict === 'error' ? 'warning' : 'plain';
  return [...unsure, span(found, tone), ...sparkline(attempt, glyphs)];
}

function approvalDetail(view: View, gate: CompiledGate & { kind: 'approval' }, attempt: GateAttempt): Line {
  const { approval, expiresAt, settledAt, verdict, evidence } = attempt;
  if (approval !== null) return [span(`by ${approval.by}${approval.reason === '' ? '' : `: ${approval.reason}`}`)];
  if (settledAt !== null)
    return [span(evidence?.summary ?? verdict ?? 'cancelled', verdict === 'fail' ? 'bad' : 'plain')];
  const from = gate.from.length === 0 ? 'anybody' : gate.from.join(' or ');
  const left = expiresAt === null ? null : leftUntil(view, expiresAt);
  return [span(`needs ${from}`, 'warning'), span(left === null ? '' : `, ${left} left, then ${gate.onExpiry}`)];
}

/** The last measurements; a full bar is at the limit or above it. */
function sparkline({ values, evidence }: GateAttempt, { levels }: Glyphs): Line {
  if (values.length < 3) return [];
  const shown = values.slice(-mostBars);
  const top = evidence?.limit !== undefined && evidence.limit > 0 ? evidence.limit : Math.max(...shown);
  const bars = shown.map((value) => {
    const level = top > 0 && value > 0 ? Math.ceil((value / top) * (levels.length - 1)) - (value >= top ? 0 : 1) : 0;
    return levels[Math.min(levels.length - 1, Math.max(0, level))] ?? levels[0]!;
  });
  return [span('  '), span(bars.join(''), 'faint')];
}
