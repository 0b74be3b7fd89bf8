import type { JournalRecord } from '@bluegreen/contract';
import type { ErrorJudgeMemory, LatencyJudgeMemory, Word } from '@bluegreen/gates';
import type { ReleaseEvent } from '@bluegreen/machine';

export type JudgeMemory = ErrorJudgeMemory | LatencyJudgeMemory;

interface Remembered {
  readonly attempt: number;
  readonly services: Readonly<Record<string, JudgeMemory>>;
  /** When it was last given to the journal, and with which word; `null`: never. */
  readonly recorded: { readonly at: number; readonly word: string } | null;
}

/** A judge that says the same for so long is recorded all the same, so that a recovery has less to read again. */
const recordEveryMs = 300_000;

/**
 * What the judges of one release learnt so far. It lives in the process that drives the release; every change of verdict
 * takes it into the journal, so that a recovered gate goes on where it was.
 */
export class AnalysisMemory {
  readonly #gates = new Map<string, Remembered>();

  /** What was journaled last of every gate. */
  constructor(history: readonly JournalRecord[] = []) {
    for (const { event } of history as readonly JournalRecord<ReleaseEvent>[]) {
      if (event.type !== 'gate-judged' || event.memory === undefined) continue;
      const services = event.memory as Readonly<Record<string, JudgeMemory>>;
      const { verdict, evidence } = event;
      const { reason, exposure } = evidence;
      const recorded = { at: event.at, word: wordOf({ verdict, reason, exposure }) };
      this.#gates.set(event.gate, { attempt: event.attempt, services, recorded });
    }
  }

  /** A draft of it, in which somebody else may learn. */
  copy(): AnalysisMemory {
    const copied = new AnalysisMemory();
    for (const [gate, known] of this.#gates) copied.#gates.set(gate, known);
    return copied;
  }

  /** Takes over what a draft learnt about one gate. */
  take(gate: string, draft: AnalysisMemory): void {
    const learnt = draft.#gates.get(gate);
    if (learnt !== undefined) this.#gates.set(gate, learnt);
  }

  /** Per service; nothing for a gate that was opened again: what was judged before is no evidence (S25). */
  of(gate: string, attempt: number): Readonly<Record<string, JudgeMemory>> {
    const known = this.#gates.get(gate);
    return known?.attempt === attempt ? known.services : {};
  }

  /** Keeps what was learnt; answers it when it is due for the journal. */
  keep(
    gate: string,
    attempt: number,
    services: Readonly<Record<string, JudgeMemory>>,
    at: number,
    said: Word,
  ): Readonly<Record<string, JudgeMemory>> | null {
    const known = this.#gates.get(gate);
    const before = known?.attempt === attempt ? known.recorded : null;
    const word = wordOf(said);
    const isDue = before === null || before.word !== word || at >= before.at + recordEveryMs;
    this.#gates.set(gate, { attempt, services, recorded: isDue ? { at, word } : before });
    return isDue && Object.keys(services).length > 0 ? services : null;
  }
}

function wordOf({ verdict, reason, exposure }: Word): string {
  return `${verdict} ${reason ?? ''} ${exposure ?? ''}`;
}
