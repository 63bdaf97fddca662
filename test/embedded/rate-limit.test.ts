import { CyclesClient, tokens } from "cycles-client";
import { describe, expect, it } from "vitest";
import { cents, embedded } from "./http.js";

const limit = { rateLimit: { requests: 2, windowMs: 10_000 } };

describe("a rate limit", () => {
  it("responds with 429 beyond it, with the time to wait in whole seconds [error-5]", async () => {
    const { clock, list } = embedded(limit);
    const seen = [];
    for (let call = 0; call < 3; call += 1) {
      await clock.advance(1_500);
      const { status, body, headers } = await list();
      seen.push([
        status,
        body.error,
        headers.get("retry-after"),
        headers.get("x-ratelimit-remaining"),
      ]);
    }
    expect(seen).toEqual([
      [200, undefined, null, "1"],
      [200, undefined, null, "0"],
      [429, "LIMIT_EXCEEDED", "7", "0"],
    ]);
  });

  it("reports the end of the window in Unix seconds, and opens a new window then [error-5]", async () => {
    const { clock, list } = embedded(limit);
    const { headers } = await list();
    expect(Number(headers.get("x-ratelimit-reset"))).toBe(clock.now() / 1_000 + 10);
    await list();
    await clock.advance(9_999);
    expect((await list()).status).toBe(429);
    await clock.advance(1);
    expect((await list()).status).toBe(200);
  });

  it("counts each tenant separately, and ignores requests without a valid key", async () => {
    const { authority, list } = embedded({
      ...limit,
      budgets: { "tenant:acme": cents(1), "tenant:b": cents(1) },
    });
    for (let call = 0; call < 3; call += 1) await list("", { key: "cyc_live_stolen" });
    await list();
    await list();
    expect((await list()).status).toBe(429);
    expect((await list("", { key: authority.apiKey("b") })).status).toBe(200);
  });

  it("makes a client wait and retry", async () => {
    const { authority, clock } = embedded(limit);
    const client = new CyclesClient({ ...authority.clientOptions("acme"), logLevel: "off" });
    const request = { action: { kind: "a", name: "b" }, estimate: tokens(1) };
    const asked = [1, 2, 3].map(() => client.decide(request).catch(() => "no"));
    await clock.advance(10_000);
    expect(await Promise.all(asked)).toHaveLength(3);
    expect(authority.requests.map(({ status }) => status)).toEqual([400, 400, 429, 400]);
  });

  it.each([
    [{ requests: 0, windowMs: 1 }, "rateLimit.requests"],
    [{ requests: 1, windowMs: 0.5 }, "rateLimit.windowMs"],
  ])("of %o is refused", (rateLimit, message) => {
    expect(() => embedded({ rateLimit })).toThrow(message);
  });
});
