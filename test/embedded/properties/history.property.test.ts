import fc from "fast-check";
import { expect, it } from "vitest";
import { type Start, starts, type Step, steps } from "./history.js";
import { World } from "./world.js";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 150);
const SEED = Number(process.env["PROPERTY_SEED"] ?? 7);
/** In this many histories, every outcome happens at least once. */
const ENOUGH_RUNS = 1_000;

const everything = [
  "reserve ok",
  "reserve NOT_FOUND",
  "reserve UNIT_MISMATCH",
  "reserve BUDGET_EXCEEDED",
  "reserve BUDGET_FROZEN",
  "reserve OVERDRAFT_LIMIT_EXCEEDED",
  "reserve TENANT_CLOSED",
  "commit ok",
  "commit cut short",
  "commit BUDGET_EXCEEDED",
  "commit OVERDRAFT_LIMIT_EXCEEDED",
  "commit RESERVATION_FINALIZED",
  "commit RESERVATION_EXPIRED",
  "commit UNIT_MISMATCH",
  "commit NOT_FOUND",
  "commit TENANT_CLOSED",
  "release ok",
  "release RESERVATION_FINALIZED",
  "release RESERVATION_EXPIRED",
  "extend ok",
  "extend RESERVATION_EXPIRED",
  "event ok",
  "event cut short",
  "event BUDGET_EXCEEDED",
  "event BUDGET_FROZEN",
  "decide ok",
  "decide DENY BUDGET_EXCEEDED",
  "decide DENY BUDGET_NOT_FOUND",
  "repeated",
  "mismatch",
];

it(
  `agrees with a second set of books in ${RUNS} random histories (seed ${SEED}) [balance-4]`,
  { timeout: 600_000 },
  async () => {
    const seen = new Map<string, number>();
    const keepsTheBooks = async (begin: readonly Start[], history: readonly Step[]) => {
      const world = new World(begin);
      for (const step of history) {
        const outcome = await world.take(step);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        world.books.check(world.balances());
      }
    };
    await fc.assert(fc.asyncProperty(starts, steps, keepsTheBooks), { numRuns: RUNS, seed: SEED });
    if (RUNS < ENOUGH_RUNS) return;
    const rows = [...seen].sort(([, a], [, b]) => b - a);
    console.log(
      rows.map(([outcome, count]) => `${String(count).padStart(8)} ${outcome}`).join("\n"),
    );
    expect(everything.filter((outcome) => !seen.has(outcome))).toEqual([]);
  },
);
