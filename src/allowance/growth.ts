import { type Amount, checkAmount, type Unit } from "../amount.js";
import { CyclesValidationError } from "../errors.js";
import type { Lifecycle } from "../guard/lifecycle.js";
import { type Draws, growthFor } from "./draws.js";

/** How an allowance grows when a draw does not fit. */
export interface GrowOptions {
  /** How much is reserved each time. A draw that needs more gets more. */
  readonly by: Amount;
  /** The most that all reservations of the allowance may hold together. */
  readonly upTo: Amount;
}

/** Makes further reservations for an allowance, one at a time. */
export class Growth {
  readonly #by: number;
  readonly #upTo: number;
  readonly #reserve: (amount: number) => Promise<Lifecycle>;
  #growing: Promise<void> | undefined;

  /** @throws {@link CyclesValidationError} if the options do not fit the estimate. */
  constructor(
    { by, upTo }: GrowOptions,
    estimate: Amount,
    reserve: (amount: number) => Promise<Lifecycle>,
  ) {
    this.#by = inUnit("by", by, estimate.unit);
    this.#upTo = inUnit("upTo", upTo, estimate.unit);
    if (this.#by === 0) throw invalid("by", "must be more than 0");
    if (this.#upTo < estimate.amount) {
      throw invalid("upTo", `must be at least the estimate, ${estimate.amount}`);
    }
    this.#reserve = reserve;
  }

  /**
   * Reserves as much as a draw needs, and passes the reservation to `add`. Resolves after a
   * reservation that is being made already, so decide again then. Undefined if the allowance must
   * not grow as much.
   */
  grow(draws: Draws, estimate: number, add: (part: Lifecycle) => void): Promise<void> | undefined {
    if (this.#growing !== undefined) return this.#growing;
    const amount = growthFor(draws, estimate, { by: this.#by, upTo: this.#upTo });
    if (amount === undefined) return undefined;
    return (this.#growing = this.#reserve(amount)
      .then(add)
      .finally(() => {
        this.#growing = undefined;
      }));
  }
}

function inUnit(field: keyof GrowOptions, amount: Amount, unit: Unit): number {
  const checked = checkAmount(amount);
  if (checked.unit !== unit)
    throw invalid(
      `${field}.unit`,
      `must be ${unit}, the unit of the estimate, not ${checked.unit}`,
    );
  return checked.amount;
}

function invalid(field: string, message: string): CyclesValidationError {
  return new CyclesValidationError("The allowance", [{ path: `grow.${field}`, message }]);
}
