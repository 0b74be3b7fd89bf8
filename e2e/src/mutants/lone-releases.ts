import type { SimulateOptions } from '@bluegreen/simulator/explore';
import { releases } from '../explore/releases.js';

function alone(name: string): (seed: number) => SimulateOptions {
  return (seed) => ({ ...releases[name]!(seed), held: 'never', stuck: 'never' });
}

/** The same releases without anybody who helps: what stops for no reason stays stopped. Only directed troubles are for them. */
export const loneReleases: Readonly<Record<string, (seed: number) => SimulateOptions>> = {
  'canary, nobody helps': alone('canary'),
  'lagging router, nobody helps': alone('guarded, lagging router'),
  'router without stamps, nobody helps': alone('unattended, router without stamps'),
};
