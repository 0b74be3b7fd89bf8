import { type MessagePort, parentPort } from 'node:worker_threads';
import { findScenario, runStretch, type Stretch } from './compare/stretch.js';

/** Makes the runs that the other side of this port asks for, one stretch after the other. */
export function serve(port: MessagePort): void {
  port.on('message', (stretch: Stretch) => {
    void answer(stretch).then((message) => port.postMessage(message));
  });
}

async function answer(stretch: Stretch): Promise<{ rows: Float64Array } | { problem: string }> {
  try {
    return { rows: runStretch(await findScenario(stretch.scenario), stretch) };
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// What worker threads load. On the main thread there is no port, and importing it does nothing.
if (parentPort !== null) serve(parentPort);
