import { describe, expect, it } from "vitest";
import {
  type Draws,
  freeDraw,
  growBy,
  growthFor,
  knownOf,
  noteDraw,
  remainingOf,
  settleDraw,
  splitTotal,
  startDraw,
} from "../../src/allowance/draws.js";

const draws = (reserved: number, held = 0, noted = 0, spent = 0): Draws => ({
  reserved,
  held,
  noted,
  spent,
});

describe("what is left of an allowance", () => {
  it.each([
    ["nothing was drawn", draws(100), 100, 0],
    ["draws hold a part", draws(100, 30), 70, 0],
    ["draws under way have noted a part of what they hold", draws(100, 30, 20), 70, 20],
    ["draws have spent a part", draws(100, 0, 0, 30), 70, 30],
    ["both", draws(100, 30, 10, 30), 40, 40],
    ["all is held", draws(100, 100), 0, 0],
    ["more was spent than was reserved", draws(100, 0, 0, 130), 0, 130],
    ["a draw has noted more than was reserved", draws(100, 150, 150), 0, 150],
  ])("is the reserved amount less what is held and spent: %s", (_, state, remaining, known) => {
    expect(remainingOf(state)).toBe(remaining);
    expect(knownOf(state)).toBe(known);
  });
});

describe("a draw", () => {
  it.each([
    ["fits", draws(100), 100, draws(100, 100)],
    ["fits beside others", draws(100, 40, 0, 20), 40, draws(100, 80, 0, 20)],
    ["does not fit", draws(100), 101, undefined],
    ["does not fit beside others", draws(100, 40, 0, 20), 41, undefined],
    ["does not fit after an excess", draws(100, 0, 0, 130), 1, undefined],
    ["costs nothing", draws(100, 100), 0, draws(100, 100)],
    ["costs nothing after an excess", draws(100, 0, 0, 130), 0, draws(100, 0, 0, 130)],
  ])("starts if its estimate is left: it %s", (_, state, estimate, after) => {
    expect(startDraw(state, estimate)).toEqual(after);
  });

  it.each([
    ["less than its estimate", 0, 10, draws(100, 30, 10)],
    ["its estimate", 0, 30, draws(100, 30, 30)],
    ["more than its estimate", 0, 50, draws(100, 50, 50)],
    ["less than before", 50, 10, draws(100, 30, 10)],
    ["nothing after an excess", 50, 0, draws(100, 30, 0)],
  ])("holds its note if that is more than its estimate: it notes %s", (_, noted, next, after) => {
    const before = noteDraw(draws(100, 30), { estimate: 30, noted: 0 }, noted);
    expect(noteDraw(before, { estimate: 30, noted }, next)).toEqual(after);
  });

  it.each([
    ["less than its estimate", 0, 10, draws(100, 0, 0, 10)],
    ["nothing", 0, 0, draws(100, 0, 0, 0)],
    ["more than was reserved", 0, 130, draws(100, 0, 0, 130)],
    ["less than it had noted", 50, 20, draws(100, 0, 0, 20)],
  ])("settles by its actual amount only: it spent %s", (_, noted, actual, after) => {
    const open = noteDraw(draws(100, 30), { estimate: 30, noted: 0 }, noted);
    expect(settleDraw(open, { estimate: 30, noted }, actual)).toEqual(after);
  });

  it("gives back what it held if it is freed", () => {
    expect(freeDraw(draws(100, 70, 0, 5), { estimate: 30, noted: 0 })).toEqual(
      draws(100, 40, 0, 5),
    );
  });
});

describe("growth", () => {
  const limits = { by: 20, upTo: 100 };

  it.each([
    ["the step covers the draw", draws(50, 50), 10, 20],
    ["the draw needs more than the step", draws(50, 50), 30, 30],
    ["a part of the draw is left", draws(50, 40), 40, 30],
    ["the limit leaves less than the step", draws(90, 90), 5, 10],
    ["the limit leaves exactly the draw", draws(90, 90), 10, 10],
    ["the limit leaves less than the draw", draws(90, 90), 11, undefined],
    ["the limit is reached", draws(100, 100), 1, undefined],
    ["an excess is covered first", draws(50, 0, 0, 60), 15, 25],
    ["an excess and the draw exceed the limit", draws(50, 0, 0, 90), 11, undefined],
  ])("reserves what is missing, and at least a step: %s", (_, state, estimate, amount) => {
    const by = growthFor(state, estimate, limits);
    expect(by).toBe(amount);
    if (by !== undefined) expect(startDraw(growBy(state, by), estimate)).toBeDefined();
  });
});

describe("the shares of the reservations", () => {
  it.each([
    ["nothing", 0, [0, 0, 0], [0, 0, 0]],
    ["less than the first", 30, [30, 0, 0], [30, 0, 0]],
    ["all of the first", 50, [50, 0, 0], [50, 0, 0]],
    ["some of the second", 60, [50, 10, 0], [50, 10, 0]],
    ["all", 90, [50, 20, 20], [50, 20, 20]],
    ["more than all", 95, [50, 20, 25], [50, 20, 20]],
  ])("fill one after another: %s", (_, total, excess, capped) => {
    expect(splitTotal([50, 20, 20], total, "takes_excess")).toEqual(excess);
    expect(splitTotal([50, 20, 20], total, "is_capped")).toEqual(capped);
  });
});
