import { dirname, join } from 'node:path';
import { everythingTo, type Slot } from '@bluegreen/contract';
import { ensureDirectory, replaceFile, writeDurably } from '../durable.js';
import { fail, fromSystem } from '../failure.js';
import type { Generation } from '../generation.js';
import type { Settings } from '../settings.js';
import { type NginxSetup, paste } from '../setup.js';
import { printManaged, readManaged } from './managed-file.js';

/**
 * Makes the include file and the directory for claims. Calling it again is harmless: what is routed stays as it is, also
 * when the options changed.
 */
export async function setUpReloads(settings: Settings, adopt: Slot | null): Promise<NginxSetup> {
  try {
    const path = settings.includeFiles.http;
    const file = await readManaged(settings);
    if (file.status === 'edited') throw fail('nginx/include-edited', { detail: path });
    if (file.status === 'outdated' && !file.hasRouting && adopt === null) {
      throw fail('nginx/options-invalid', { detail: `${path} is of switch mode: name the slot that serves, as adopt` });
    }
    const adopted = file.generation === null ? adopt : null;
    const generation = adopted === null ? file.generation : adoption(settings, adopted);
    await ensureDirectory(dirname(path));
    await ensureDirectory(settings.stateDirectory);
    await writeDurably(join(settings.stateDirectory, 'setup'), `${settings.fingerprint}\n`);
    const text = printManaged(settings, generation);
    if (text !== file.text) await replaceFile(path, text);
    return {
      written: text === file.text ? [] : [path],
      adopted,
      paste: paste(settings),
      commands: ['nginx -t', 'nginx -s reload'],
    };
  } catch (error) {
    throw fromSystem(error);
  }
}

function adoption({ service }: Settings, slot: Slot): Generation {
  const target = everythingTo(slot, { cohort: { kind: 'sticky' }, fallback: null });
  return {
    service,
    fence: { epoch: 0, sequence: 0 },
    key: 'setup',
    target,
    idleSince: { blue: null, green: null },
  };
}
