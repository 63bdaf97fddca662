/**
 * What the protocol's prose asks of a server's runtime plane, in our words, and the tests that hold the authority to it:
 * `file: describe > it`, with titles as they stand in the source.
 */
export type Statement = readonly [asked: string, test: string, ...more: string[]];

/** What it asks that the authority does not answer for, and why not. */
export interface LeftOut {
  readonly asked: string;
  readonly why: string;
}
