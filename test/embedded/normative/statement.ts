/**
 * A demand of the protocol's prose on a server, in our own words, with an id. A test that checks it
 * carries the id in brackets at the end of its title: `it("gives the whole estimate back
 * [release-1]", …)`. Ids are never reused.
 */
export type Statement = readonly [id: string, demand: string];

/** A demand that the authority does not meet, and the reason. */
export interface LeftOut {
  readonly demand: string;
  readonly reason: string;
}
