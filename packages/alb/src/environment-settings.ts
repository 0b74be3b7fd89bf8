import { type Clock, durationMs, type Slot, systemClock } from '@bluegreen/contract';
import type { AlbClients } from './clients.js';
import { fail } from './failure.js';
import type { AlbEnvironmentOptions, AlbTargetGroups } from './options.js';
import { readService, readTargetGroups } from './settings.js';

/** The options with every default filled in and every value checked. */
export interface EnvironmentSettings {
  readonly service: string;
  readonly clients: AlbClients;
  readonly targetGroups: AlbTargetGroups;
  readonly deploy: AlbEnvironmentOptions['deploy'];
  readonly retire: AlbEnvironmentOptions['retire'];
  readonly urls: Readonly<Record<Slot, string>> | null;
  readonly steadyReads: number;
  readonly drainPollMs: number;
  readonly lateWriteMs: number;
  readonly clock: Clock;
}

/** Checks the options. @throws `alb/options-invalid` with the option and the reason. */
export function readEnvironmentOptions(options: AlbEnvironmentOptions): EnvironmentSettings {
  const { steadyReads = 2 } = options;
  if (!Number.isInteger(steadyReads) || steadyReads < 1 || steadyReads > 100) {
    throw fail('alb/options-invalid', { detail: `steadyReads: ${steadyReads} is not 1 to 100` });
  }
  return {
    service: readService(options.service),
    clients: options.clients,
    targetGroups: readTargetGroups(options.targetGroups),
    deploy: (request) => options.deploy(request),
    retire: (request) => options.retire(request),
    urls: options.urls ?? null,
    steadyReads,
    drainPollMs: durationMs(options.drainPoll ?? '5s', 'drainPoll'),
    lateWriteMs: durationMs(options.lateWrite ?? '60s', 'lateWrite'),
    clock: options.clock ?? systemClock(),
  };
}
