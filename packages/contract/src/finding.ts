/** Something that `preflight` or `plan()` found. A `refuse` stops the release before anything moves. */
export interface Finding {
  readonly severity: 'refuse' | 'warn' | 'note';
  /** A code with a row in an error table. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Where in the policy, where there is such a place. */
  readonly path?: string;
  readonly service?: string;
}
