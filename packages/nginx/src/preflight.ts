import { type Finding, isBluegreenError, type ReadCall, soleSlot, type TrafficNeeds } from '@bluegreen/contract';
import { isDeclared } from './check-target.js';
import { fromSystem } from './failure.js';
import { finding } from './finding.js';
import { type Inspection, inspect, liveFaults } from './inspection.js';
import { configurationFindings } from './preflight-configuration.js';
import { diskFindings } from './preflight-disk.js';
import type { Settings } from './settings.js';
import { isTooOld } from './version.js';

/** Everything about this user's nginx, files and options that would make a release go wrong. Changes nothing. */
export async function preflight(settings: Settings, needs: TrafficNeeds, call: ReadCall): Promise<readonly Finding[]> {
  try {
    return [
      ...needFindings(settings, needs),
      ...(await diskFindings(settings)),
      ...(await runningFindings(settings, call)),
      ...(await configurationFindings(settings, call.signal)),
    ];
  } catch (error) {
    throw fromSystem(error);
  }
}

/** What the policy asks for and these options do not have. */
export function needFindings(settings: Settings, needs: TrafficNeeds): Finding[] {
  const undeclared = needs.audiences.filter((audience) => !isDeclared(settings, audience));
  return [
    ...undeclared.map(({ name }) => finding(settings, 'nginx/audience-undeclared', name)),
    ...(needs.cohort === 'bound' ? [finding(settings, 'nginx/cohort-unsupported', needs.cohort)] : []),
    ...(needs.preview && settings.preview === null ? [finding(settings, 'nginx/preview-not-configured')] : []),
    ...(needs.mirror && !settings.mirror ? [finding(settings, 'nginx/mirror-unsupported')] : []),
  ];
}

async function runningFindings(settings: Settings, call: ReadCall): Promise<Finding[]> {
  try {
    const inspection = await inspect(settings, call.signal);
    const faults = liveFaults(settings, inspection).map(({ code, detail }) => finding(settings, code, detail));
    return [
      ...stateFindings(settings, inspection),
      ...faults,
      ...versionFindings(settings, inspection.live.decisions?.[0]?.version),
    ];
  } catch (error) {
    if (!isBluegreenError(error) || !error.code.startsWith('nginx/')) throw error;
    return [finding(settings, error.code as 'nginx/unreachable', error.detail)];
  }
}

function stateFindings(settings: Settings, { state }: Inspection): Finding[] {
  const { routing, fallback } = state;
  if (routing.kind === 'foreign') return [finding(settings, routing.code, routing.summary)];
  if (routing.kind === 'unrouted') return [];
  return [
    ...(fallback.kind === 'missing' ? [finding(settings, 'nginx/fallback-missing')] : []),
    ...(soleSlot(routing.target) === null ? [finding(settings, 'nginx/split-at-start', '', 'warn')] : []),
  ];
}

/** Whether this nginx can read the include files. */
export function versionFindings(settings: Settings, version: string | undefined): Finding[] {
  if (version === undefined || !isTooOld(version)) return [];
  return [finding(settings, 'nginx/version-unsupported', version)];
}
