import { functionEnvironment, type Policy } from '@bluegreen/core';
import { type NginxOptions, nginxTraffic } from '@bluegreen/nginx';
import { deployScript } from './stage/deploy-script.js';
import { type OrchestratorTask, orchestrate, readTask } from './stage/orchestrate.js';

/** One service behind nginx, and its policy. */
export interface NginxTask extends OrchestratorTask {
  readonly nginx: NginxOptions;
  readonly urls: { readonly blue: string; readonly green: string };
  readonly controlUrl: string;
  readonly policy: Policy<'answers'>;
}

const task = readTask<NginxTask>();

await orchestrate(task, () => ({
  services: {
    web: {
      traffic: nginxTraffic(task.nginx),
      environment: functionEnvironment({ urls: task.urls, ...deployScript(task.controlUrl) }),
    },
  },
  policy: task.policy,
  checks: {
    answers: async ({ services }) => {
      const answer = await fetch(services.web!.url!, { headers: { connection: 'close' } });
      const version = answer.headers.get('x-version');
      // A version that serves users well and that nobody wants: what fails then fails because of the release.
      return { pass: answer.ok && version?.startsWith('unloved') === false, summary: `${version}: ${answer.status}` };
    },
  },
}));
