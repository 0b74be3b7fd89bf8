/** The generators and samplers of the simulator, for those who simulate counts without a world. */
export { binomial } from './random/binomial.js';
export { clustered } from './random/clusters.js';
export type { KeyedStreams, StreamKey } from './random/keyed-streams.js';
export { keyedStreams } from './random/keyed-streams.js';
export { poisson } from './random/poisson.js';
export type { Sfc32 } from './random/sfc32.js';
