import { isBluegreenError, type TimerHandle } from '@bluegreen/contract';
import { isEnd } from '@bluegreen/machine';
import type { Engine } from './engine.js';
import { readState } from './read-journal.js';
import { isQueued, takeTurn } from './turn.js';

type RecoveryContext = Pick<
  Engine,
  'journal' | 'drives' | 'clock' | 'logger' | 'services' | 'over' | 'heard' | 'command' | 'concurrency' | 'queue'
>;

/**
 * Takes over every unfinished release that nobody drives and whose services this process has. A release that can't be
 * read is reported and left alone: it must not keep the others from being recovered.
 */
export async function recoverAll(context: RecoveryContext): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const id of await context.journal.releases()) {
    if (context.heard.has(id) || context.drives.get(id) !== undefined) continue;
    try {
      if (await recoverOne(context, id)) taken.push(id);
    } catch (error) {
      const code = isBluegreenError(error) ? error.code : undefined;
      context.logger.error({ releaseId: id, code, error }, 'a release could not be recovered');
    }
  }
  return taken;
}

async function recoverOne(context: RecoveryContext, id: string): Promise<boolean> {
  const { journal, drives, services, heard, logger } = context;
  const state = await readState(journal, id);
  if (isEnd(state)) {
    const isHeard = await drives.deliverLeft(id);
    if (isHeard && state.phase !== 'stuck') heard.add(id);
    return false;
  }
  const missing = Object.keys(state.plan.services).filter((name) => services[name] === undefined);
  if (missing.length > 0) {
    logger.warn({ releaseId: id, missing }, 'not recovered here: this releaser lacks a service');
    return false;
  }
  if (!isQueued(state)) return drives.takeOver(id);
  if (await takeTurn(context, state)) return true;
  context.queue.add(id);
  return false;
}

/** Looks again and again for releases whose driver is gone. */
export class Standby {
  readonly #context: RecoveryContext;
  readonly #everyMs: number;
  #timer: TimerHandle | null = null;
  #isOn = false;

  constructor(context: RecoveryContext, everyMs: number) {
    this.#context = context;
    this.#everyMs = everyMs;
  }

  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#wait();
  }

  stop(): void {
    this.#isOn = false;
    if (this.#timer !== null) this.#context.clock.clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#timer = this.#context.clock.setTimeout(() => {
      recoverAll(this.#context)
        .catch((error) => this.#context.logger.error({ error }, 'the journal could not be looked through'))
        .finally(() => {
          if (this.#isOn) this.#wait();
        });
    }, this.#everyMs);
  }
}
