import { chmodSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everythingTo, type Slot, type TrafficTarget, weightsOf } from '@bluegreen/contract';
import type { NginxOptions } from './options.js';
import { readOptions, type Settings } from './settings.js';
import { setUp } from './setup.js';
import { type StepHook, shift, type steps } from './shift.js';
import { writeCall } from './site.fixture.js';
import { readState } from './state.js';

/** State and include files without an nginx. */
export interface Disk {
  readonly settings: Settings;
  readonly options: NginxOptions;
  remove(): void;
}

export async function makeDisk(adopt: Slot | null = 'blue', more: Partial<NginxOptions> = {}): Promise<Disk> {
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-disk-'));
  chmodSync(directory, 0o755);
  const options: NginxOptions = {
    service: 'web',
    upstreams: { blue: ['127.0.0.1:9101'], green: ['127.0.0.1:9102'] },
    userKey: { cookie: 'uid' },
    stateDirectory: join(directory, 'state'),
    includeDirectory: join(directory, 'include'),
    command: false,
    ...more,
  };
  const settings = readOptions(options);
  await setUp(settings, adopt);
  return { settings, options, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Everything to `slot`, told apart by `fallback`. */
export function allTo(slot: Slot, more: Partial<TrafficTarget> = {}): TrafficTarget {
  return everythingTo(slot, { cohort: { kind: 'sticky' }, ...more });
}

/** The candidate with `percent`, the other slot with the rest and the fallback. */
export function splitTo(candidate: Slot, percent: number, more: Partial<TrafficTarget> = {}): TrafficTarget {
  return allTo(candidate === 'blue' ? 'green' : 'blue', { candidate, weights: weightsOf(candidate, percent), ...more });
}

/** Routes with the revision just read. */
export async function routeOn(
  settings: Settings,
  target: TrafficTarget,
  epoch: number,
  sequence: number,
  hook?: StepHook,
): Promise<void> {
  await shift(settings, target, await readState(settings), writeCall(epoch, sequence), hook);
}

/** Every name below a directory with what links point to: equal before and after means untouched. */
export function listing(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isSymbolicLink() ? `${path} -> ${readlinkSync(path)}` : path;
    })
    .sort();
}

export type Step = (typeof steps)[number];

/** A writer that stands still after each step until it is told to go on. */
export class SteppedWriter {
  /** The step that it stands after; `null` before the first and after the end. */
  standsAfter: Step | null = null;
  ended: 'written' | Error | null = null;
  #resume: (() => void) | null = null;
  #parked: (() => void) | null = null;
  readonly #run: (hook: StepHook) => Promise<void>;

  constructor(run: (hook: StepHook) => Promise<void>) {
    this.#run = run;
  }

  /** Goes on to the next step, or to the end. */
  async advance(): Promise<void> {
    if (this.ended !== null) return;
    const parked = new Promise<void>((resolve) => {
      this.#parked = resolve;
    });
    if (this.#resume === null) this.#start();
    else this.#resume();
    await parked;
  }

  async finish(): Promise<void> {
    while (this.ended === null) await this.advance();
  }

  #start(): void {
    const hook: StepHook = (step) =>
      new Promise((resolve) => {
        this.standsAfter = step;
        this.#resume = resolve;
        this.#parked?.();
      });
    const end = (outcome: 'written' | Error) => {
      this.standsAfter = null;
      this.ended = outcome;
      this.#parked?.();
    };
    this.#run(hook).then(() => end('written'), end);
  }
}
