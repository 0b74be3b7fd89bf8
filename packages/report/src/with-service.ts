import type { ReleaseSummary, ServiceSummary } from './summary.js';

/** The summary with one service changed; a name that the plan does not have changes nothing. */
export function withService(
  summary: ReleaseSummary,
  name: string,
  change: (service: ServiceSummary) => ServiceSummary,
): ReleaseSummary {
  return { ...summary, services: summary.services.map((each) => (each.name === name ? change(each) : each)) };
}
