export { nginxErrors } from './error-codes.js';
export type { NginxHostsOptions } from './nginx-hosts.js';
export { nginxHosts } from './nginx-hosts.js';
export type { NginxTraffic } from './nginx-traffic.js';
export { nginxTraffic } from './nginx-traffic.js';
export type { NginxOptions, NginxUser, PreviewAddress, RequestMark, UserKey } from './options.js';
export type { NginxSetup } from './setup.js';
