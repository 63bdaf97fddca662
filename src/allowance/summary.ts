import type { Action } from "../../generated/paths.js";
import type { FittedDetails, SpendDetails } from "../settlement/details.js";

/** What the draws of one action have spent. */
interface ActionTotal {
  readonly action: string;
  draws: number;
  spent: number;
}

/** The most actions that a summary names. The others are counted together. */
const MOST_ACTIONS = 20;
const OTHERS = "others";

/**
 * Sums the draws of an allowance, for the metadata and the metrics of its commit. Its size is
 * bounded.
 */
export class DrawSummary {
  readonly #totals = new Map<string, ActionTotal>();
  #draws = 0;
  #estimated = 0;
  #unknown = 0;
  #tokensInput: number | undefined;
  #tokensOutput: number | undefined;

  /** Counts a draw that has ended with a known spend. */
  add({ kind, name }: Action, spent: number, details: FittedDetails): void {
    this.#draws += 1;
    if (details.metadata?.["actual_source"] === "estimate") this.#estimated += 1;
    const { tokens_input: tokensIn, tokens_output: tokensOut } = details.metrics ?? {};
    this.#tokensInput = sum(this.#tokensInput, tokensIn);
    this.#tokensOutput = sum(this.#tokensOutput, tokensOut);
    const named = `${kind} ${name}`;
    const isFull = this.#totals.size >= MOST_ACTIONS && !this.#totals.has(named);
    const action = isFull ? OTHERS : named;
    const total = this.#totals.get(action) ?? { action, draws: 0, spent: 0 };
    total.draws += 1;
    total.spent += spent;
    this.#totals.set(action, total);
  }

  /** Counts a draw whose cost is unknown. */
  addUnknown(): void {
    this.#unknown += 1;
  }

  /** Whether any draw has ended, except those that were released. */
  get isEmpty(): boolean {
    return this.#draws === 0 && this.#unknown === 0;
  }

  /** The sums of the token counts that draws have reported. */
  get metrics(): NonNullable<SpendDetails["metrics"]> {
    const tokensInput = this.#tokensInput;
    const tokensOutput = this.#tokensOutput;
    return {
      ...(tokensInput !== undefined && { tokens_input: tokensInput }),
      ...(tokensOutput !== undefined && { tokens_output: tokensOutput }),
    };
  }

  get metadata(): Record<string, unknown> {
    return {
      draws: this.#draws,
      ...(this.#estimated > 0 && { estimated: this.#estimated }),
      ...(this.#unknown > 0 && { unknown: this.#unknown }),
      by_action: [...this.#totals.values()],
    };
  }
}

function sum(total: number | undefined, more: number | undefined): number | undefined {
  return more === undefined ? total : (total ?? 0) + more;
}
