import { isBluegreenError, type Reaction } from '@bluegreen/contract';

/** What the runner would do after a failed write: an error without a reaction is an unknown outcome. */
export function reactionOf(error: unknown): Reaction {
  return isBluegreenError(error) ? error.reaction : 'read-back';
}

/** After a failed read it would just try again. */
export function readReactionOf(error: unknown): Reaction {
  return isBluegreenError(error) ? error.reaction : 'retry';
}
