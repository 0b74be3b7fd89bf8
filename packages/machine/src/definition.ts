/** The release as an xstate machine: for drawing it, and for holding `nextState` against it. Nothing runs on it. */
export { phaseMachine } from './phase-machine.js';
