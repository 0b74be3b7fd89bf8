// What tests get for `fast-check`: the library itself, with one seed for every run, so that a test fails for a change and
// not by chance. BLUEGREEN_SEED=<number> looks elsewhere; a run without luck belongs into a test of its own.
import fastCheck from '../node_modules/fast-check/lib/fast-check.js';

fastCheck.configureGlobal({ seed: Number(process.env.BLUEGREEN_SEED ?? 20_260_101) });

export * from '../node_modules/fast-check/lib/fast-check.js';
export default fastCheck;
