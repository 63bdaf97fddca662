import { readFileSync } from "node:fs";
import { CyclesClient, usd } from "cycles-client";
import { EmbeddedCycles, type EmbeddedOptions, ManualClock } from "cycles-client/embedded";
import { describe, expect, it } from "vitest";
import { extendTimeout, leased } from "../../src/guard/lease/lease.js";
import { request } from "../support/responses.js";

const text = readFileSync(new URL("../../docs/leases.md", import.meta.url), "utf8");
const [lives = [], shortest = []] = tables(text);

describe("docs/leases.md", () => {
  describe("the table of lifetimes", () => {
    const [heads = [], ...rows] = lives;
    const counts = heads.slice(2, -1).map((head) => Number(/\d+/.exec(head)?.[0]));

    it("lists several ttls and numbers of extensions", () => {
      expect(rows.length).toBeGreaterThan(8);
      expect(counts).toEqual([0, 3, 10, 50]);
    });

    it.each(rows)("is right for a ttl of %s", async (ttl, first = "", ...cells) => {
      const ttlMs = toMs(ttl);
      const expected = cells.map(toMs);
      const added = await Promise.all(
        counts.map((maxExtensions) => life(ttlMs, { maxExtensions })),
      );
      const clamped = await life(ttlMs, { maxLeadMs: ttlMs });
      expect([...added, clamped].map(({ livesMs }) => livesMs)).toEqual(expected);
      const beatMs = added[0]?.firstBeatMs;
      expect(beatMs).toBe(first === "at once" ? 0 : toMs(first));
    });
  });

  describe("the table of safe ttls", () => {
    const [, ...rows] = shortest;

    it("lists several round trips", () => {
      expect(rows.length).toBeGreaterThan(3);
    });

    it.each(rows)("is right for round trips of %s", (rtt, ttl) => {
      const beatMs = (ttlMs: number) => {
        const terms = { ttlMs, attemptMs: extendTimeout(7_000, ttlMs) };
        const { step } = leased(terms, {
          remainingTtlMs: ttlMs,
          expiresAtMs: undefined,
          sentAt: 0,
          receivedAt: toMs(rtt),
        });
        return step.kind === "beat" ? step.inMs : undefined;
      };
      expect(beatMs(toMs(ttl))).toBe(0);
      expect(beatMs(toMs(ttl) + 1)).toBeGreaterThan(0);
    });
  });
});

/** Opens a guard and waits until nothing extends it any more. */
async function life(ttlMs: number, rules: Omit<EmbeddedOptions, "budgets" | "clock">) {
  const clock = new ManualClock(0);
  const authority = new EmbeddedCycles({
    ...rules,
    budgets: { "tenant:acme": usd("1.00") },
    clock,
  });
  const beats: number[] = [];
  const given = authority.clientOptions("acme");
  const client = new CyclesClient({
    ...given,
    logLevel: "off",
    fetch: (url, init) => {
      if (url.endsWith("/extend")) beats.push(clock.now());
      return given.fetch(url, init);
    },
  });
  const guard = await client.reserve({ ...request, ttl_ms: ttlMs });
  while (clock.pending > 0) await clock.advance(ttlMs);
  return { livesMs: guard.expiresAt, firstBeatMs: beats[0] };
}

/** Returns the tables of a document: the headings first, then the rows. */
function tables(markdown: string): string[][][] {
  const blocks = markdown.split(/\n{2,}/).filter((block) => block.startsWith("|"));
  return blocks.map((block) =>
    block
      .split("\n")
      .filter((line) => line.startsWith("|") && !/^\|\s*-/.test(line))
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `1 h 30 min` → 5,400,000. */
function toMs(cell: string): number {
  const parts = [...cell.matchAll(/([\d.,]+) (ms|s|min|h|d)\b/g)];
  if (parts.length === 0) throw new Error(`no time: ${cell}`);
  return parts.reduce(
    (sum, [, count = "", unit = ""]) =>
      sum + Number(count.replace(/,/g, "")) * (UNITS[unit] ?? NaN),
    0,
  );
}
