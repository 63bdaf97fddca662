// Pure. All numbers are amounts in the unit of the allowance.

/** What draws have taken from an allowance. */
export interface Draws {
  /** The estimates of the allowance's reservations. */
  readonly reserved: number;
  /** What the draws under way may spend: for each, its estimate or its note, whichever is greater. */
  readonly held: number;
  /** What the draws under way have noted. */
  readonly noted: number;
  /** What the draws that have ended have spent. */
  readonly spent: number;
}

/** A draw under way. */
export interface OpenDraw {
  readonly estimate: number;
  /** What it has noted last. */
  readonly noted: number;
}

/** How much of the allowance can be drawn. */
export function remainingOf({ reserved, held, spent }: Draws): number {
  return Math.max(0, reserved - held - spent);
}

/** What is known to be spent: by draws that have ended, and by notes of the others. */
export function knownOf({ noted, spent }: Draws): number {
  return spent + noted;
}

/** Starts a draw; undefined if the allowance does not have as much. */
export function startDraw(draws: Draws, estimate: number): Draws | undefined {
  return estimate <= remainingOf(draws) ? hold(draws, { estimate, noted: 0 }, 1) : undefined;
}

/** Replaces the note of a draw. */
export function noteDraw(draws: Draws, draw: OpenDraw, noted: number): Draws {
  return hold(hold(draws, draw, -1), { ...draw, noted }, 1);
}

/** Ends a draw that has spent `actual`, which may be more than its estimate. */
export function settleDraw(draws: Draws, draw: OpenDraw, actual: number): Draws {
  const { spent, ...rest } = hold(draws, draw, -1);
  return { ...rest, spent: spent + actual };
}

/** Ends a draw that has spent nothing. */
export function freeDraw(draws: Draws, draw: OpenDraw): Draws {
  return hold(draws, draw, -1);
}

/** Adds what another reservation of the allowance holds. */
export function growBy(draws: Draws, by: number): Draws {
  return { ...draws, reserved: draws.reserved + by };
}

/**
 * How much another reservation has to hold so that a draw fits: 0 if it fits already, undefined if
 * the allowance must not grow as much.
 */
export function growthFor(
  draws: Draws,
  estimate: number,
  { by, upTo }: { readonly by: number; readonly upTo: number },
): number | undefined {
  const shortage = estimate - remainingOf(draws) + excessOf(draws);
  if (shortage <= 0) return 0;
  const room = upTo - draws.reserved;
  return shortage <= room ? Math.min(Math.max(by, shortage), room) : undefined;
}

/** What was spent above the reservations. A new one covers that first. */
function excessOf({ reserved, held, spent }: Draws): number {
  return Math.max(0, held + spent - reserved);
}

/**
 * Splits a total among reservations. Each takes at most its own estimate, except that the last one
 * takes an excess, if it may.
 */
export function splitTotal(
  estimates: readonly number[],
  total: number,
  last: "takes_excess" | "is_capped",
): number[] {
  let rest = total;
  return estimates.map((estimate, index) => {
    const takesAll = index === estimates.length - 1 && last === "takes_excess";
    const share = takesAll ? rest : Math.min(estimate, rest);
    rest -= share;
    return share;
  });
}

function hold(draws: Draws, { estimate, noted }: OpenDraw, sign: 1 | -1): Draws {
  return {
    ...draws,
    held: draws.held + sign * Math.max(estimate, noted),
    noted: draws.noted + sign * noted,
  };
}
