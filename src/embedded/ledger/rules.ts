import { type Overdraw, overdrawAsProse, overdrawAsServer } from "./overdraft.js";
import type { RuleSet } from "./state.js";

/**
 * What the reference server and the protocol's text decide differently. This file names every
 * difference.
 */
export interface Rules {
  readonly overdraw: Overdraw;
}

const RULES: Readonly<Record<RuleSet, Rules>> = {
  server: { overdraw: overdrawAsServer },
  prose: { overdraw: overdrawAsProse },
};

export function rulesOf({ rules }: { readonly rules: RuleSet }): Rules {
  return RULES[rules];
}
