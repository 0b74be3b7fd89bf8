import * as around from './incidents-around.js';
import * as calls from './incidents-in-calls.js';
import * as provider from './provider.js';
import type { Scenario } from './scenario.js';
import * as surroundings from './surroundings.js';
import * as versions from './versions.js';

/** Every world of the presets: versions, what surrounds them, providers and the orchestrator. */
export function presets(): readonly Scenario[] {
  return [...Object.values(versions), ...Object.values(surroundings), ...Object.values(provider)];
}

/** What has gone wrong elsewhere, and must not here. */
export function incidentPack(): readonly Scenario[] {
  return [...Object.values(calls), ...Object.values(around)];
}

/** A scenario of either list. `undefined`: there is none of this name. */
export function scenarioNamed(name: string): Scenario | undefined {
  return [...presets(), ...incidentPack()].find((scenario) => scenario.name === name);
}
