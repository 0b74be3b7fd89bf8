import { dirname } from 'node:path';
import { type Finding, isBluegreenError, type ReadCall, soleSlot, type TrafficNeeds } from '@bluegreen/contract';
import { fromSystem } from '../failure.js';
import { finding, type NginxCode } from '../finding.js';
import { needFindings, versionFindings } from '../preflight.js';
import { configurationFindings } from '../preflight-configuration.js';
import { accessFindings, listenerFindings } from '../preflight-disk.js';
import { namesIn } from '../reading.js';
import type { Settings } from '../settings.js';
import { testConfiguration, upgradeGoingOn } from './activate.js';
import { inspectReloads, type ReloadInspection, reloadFaults } from './observe-reloads.js';
import type { KnownWorkers } from './running.js';

/** Everything about this user's nginx that would make a release by reloads go wrong. Changes nothing. */
export async function preflightReloads(
  settings: Settings,
  needs: TrafficNeeds,
  call: ReadCall,
  known: KnownWorkers,
): Promise<readonly Finding[]> {
  try {
    return [
      ...needFindings(settings, needs),
      ...(await placeFindings(settings)),
      ...(await runningFindings(settings, call, known)),
      ...(await testFindings(settings, call)),
      ...(await configurationFindings(settings, call.signal)),
    ];
  } catch (error) {
    throw fromSystem(error);
  }
}

async function placeFindings(settings: Settings): Promise<Finding[]> {
  const { stateDirectory, includeFiles } = settings;
  const isMade = (await namesIn(stateDirectory)).includes('setup');
  return [
    ...(isMade ? [] : [finding(settings, 'nginx/state-missing', stateDirectory)]),
    ...(await accessFindings(settings, [stateDirectory, dirname(includeFiles.http)])),
    ...listenerFindings(settings),
  ];
}

async function runningFindings(settings: Settings, call: ReadCall, known: KnownWorkers): Promise<Finding[]> {
  try {
    const inspection = await inspectReloads(settings, call.signal, known);
    const faults = reloadFaults(settings, inspection).map(({ code, detail }) => finding(settings, code, detail));
    const version = inspection.running.decisions?.[0]?.version;
    return [...faults, ...stateFindings(settings, inspection), ...versionFindings(settings, version)];
  } catch (error) {
    if (!isBluegreenError(error) || !error.code.startsWith('nginx/')) throw error;
    return [finding(settings, error.code as NginxCode, error.detail)];
  }
}

function stateFindings(settings: Settings, { running }: ReloadInspection): Finding[] {
  const { generation, workers } = running;
  const isSplit = generation !== null && soleSlot(generation.target) === null;
  const oldestMs = Math.max(0, ...workers.draining.map(({ ageMs }) => ageMs));
  const draining = `${workers.draining.length} old workers, the oldest ${Math.round(oldestMs / 1000)} s old`;
  return [
    ...(isSplit ? [finding(settings, 'nginx/split-at-start', '', 'warn')] : []),
    ...(workers.draining.length > 0 ? [finding(settings, 'nginx/workers-draining', draining, 'warn')] : []),
  ];
}

/** A configuration that is broken already would refuse the first shift. */
async function testFindings(settings: Settings, call: ReadCall): Promise<Finding[]> {
  const problem = await testConfiguration(settings, call.signal);
  return [
    ...(problem === null ? [] : [finding(settings, 'nginx/test-failed', problem)]),
    ...(upgradeGoingOn(settings) === null ? [] : [finding(settings, 'nginx/upgrade-pending')]),
  ];
}
