import type { ReleaseEvent } from '@bluegreen/machine';
import type { ExploredFailure } from './explore.js';

/** One failing run for people: how to play it again, what is wrong, and what happened, second by second. */
export function printFailure({ seed, trouble, problems, history }: ExploredFailure): string {
  const { startedAt } = history.ledger;
  const lines: [at: number, text: string][] = [
    ...history.records.map(({ epoch, event }): [number, string] => [event.at, `${epoch} ${printEvent(event)}`]),
    ...history.ledger.routing.map(({ at, by, owner, routing }): [number, string] => [
      at,
      `  routing by ${by} ${owner ?? ''} ${routing.kind === 'split' ? JSON.stringify(routing.target.weights) : routing.kind}`,
    ]),
    ...history.ledger.irreversible.map(({ at, action, slot, owner }): [number, string] => [
      at,
      `  ${action} of ${slot} by ${owner}`,
    ]),
    ...history.ledger.faults.map(({ at, fault }): [number, string] => [at, `  fault ${fault}`]),
    ...history.ledger.calls
      .filter(({ fault }) => fault !== null)
      .map(({ at, operation, call, fault, outcome }): [number, string] => [
        at,
        `  call ${operation} ${call} has ${fault}: ${outcome}`,
      ]),
    ...history.absences.map(({ from, to }): [number, string] => [from, `  nobody until ${seconds(to - startedAt)}`]),
  ];
  lines.sort(([a], [b]) => a - b);
  return [
    `seed ${seed} ${JSON.stringify(trouble)}`,
    ...problems.map((problem) => `  ${problem}`),
    ...lines.map(([at, text]) => `    ${seconds(at - startedAt)} ${text}`),
  ].join('\n');
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(2);
}

function printEvent(event: ReleaseEvent): string {
  switch (event.type) {
    case 'phase-entered':
      return `${event.type} ${event.phase}`;
    case 'routing-observed': {
      const { routing, fence } = event.observation;
      const what = routing.kind === 'split' ? JSON.stringify(routing.target.weights) : routing.kind;
      return `${event.type} ${what} ${fence === undefined ? '' : `${fence.epoch}.${fence.sequence}`}`;
    }
    case 'environment-observed':
      return `${event.type} ${event.slot} ${event.observation.version} ${event.observation.ready} ready`;
    case 'effect-started':
      return `${event.type} ${event.key}`;
    case 'effect-settled':
      return `${event.type} ${event.result.outcome === 'failed' ? event.result.code : 'accepted'} ${event.key}`;
    case 'gate-judged':
      return `${event.type} ${event.gate} ${event.verdict}`;
    case 'command-refused':
      return `${event.type} ${event.requested} ${event.code}`;
    default:
      return event.type;
  }
}
