import { type BluegreenError, failures, type Reaction } from '@bluegreen/contract';

/** Some refusal with this reaction. */
export function refusal(reaction: Reaction): BluegreenError {
  return failures({ 'memory/refused': { message: 'Refused.', hint: 'Look again.', reaction } })('memory/refused');
}
