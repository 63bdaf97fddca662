import { type Amount, checkAmount, isAmount, type Unit } from "../amount.js";
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

/** A further reservation that is being made. */
interface Growing {
  readonly amount: number;
  /** Rejects if it is not granted. */
  readonly done: Promise<void>;
}

/** Makes further reservations for an allowance, one at a time. */
export class Growth {
  readonly #by: number;
  readonly #upTo: number;
  readonly #reserve: (amount: number) => Promise<Lifecycle>;
  #growing: Growing | undefined;

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
   * Reserves as much as a draw needs, and passes the reservation to `add`. If another one is being
   * made already, it returns that, so decide again when it is done. Undefined if the allowance must
   * not grow as much.
   */
  grow(draws: Draws, estimate: number, add: (part: Lifecycle) => void): Growing | undefined {
    if (this.#growing !== undefined) return this.#growing;
    const amount = this.needed(draws, estimate);
    if (amount === undefined) return undefined;
    const done = this.#reserve(amount)
      .then(add)
      .finally(() => {
        this.#growing = undefined;
      });
    return (this.#growing = { amount, done });
  }

  /** How much has to be reserved for a draw. See {@link growthFor}. */
  needed(draws: Draws, estimate: number): number | undefined {
    return growthFor(draws, estimate, { by: this.#by, upTo: this.#upTo });
  }
}

function inUnit(field: keyof GrowOptions, amount: Amount, unit: Unit): number {
  if (!isAmount(amount)) throw invalid(field, 'must be an amount such as usd("0.10")');
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
