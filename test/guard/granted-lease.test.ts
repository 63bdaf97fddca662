import type { Notice } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { hold } from "../support/hold.js";
import { request } from "../support/responses.js";

const MINUTE = 60_000;
const lease = { ...request, ttl_ms: MINUTE };

/** When each extension was sent, and how much it requested. */
function extensions({ sent }: ReturnType<typeof budgeted>) {
  return sent("extend").map(({ body, at }) => {
    const { extend_by_ms: byMs } = JSON.parse(body) as { extend_by_ms: number };
    return { at, byMs };
  });
}

const failures = (notices: readonly Notice[]) =>
  notices.flatMap((notice) => (notice.type === "heartbeat_failed" ? [notice] : []));

describe("a lease of a minute on a server that grants less", () => {
  it("is extended until the extensions run out if each grant is 5 s", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000 } });
    hold(await cycles.client.reserve(lease));
    await cycles.clock.advance(10 * MINUTE);
    const sent = extensions(cycles);
    // Of 5 s, two attempts of 1 s and a second are reserved; of 8 s, two of 1,333 ms and a second; etc.
    expect(sent.slice(0, 4).map(({ at }) => at)).toEqual([2_000, 6_334, 11_112, 16_038]);
    expect(new Set(sent.map(({ byMs }) => byMs))).toEqual(new Set([MINUTE]));
    expect(sent).toHaveLength(11);
    expect(failures(cycles.notices)).toMatchObject([
      { error: { code: "MAX_EXTENSIONS_EXCEEDED" } },
    ]);
  });

  it("is extended if the lease never reaches further than 5 s", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000, maxLeadMs: 5_000 } });
    hold(await cycles.client.reserve(lease));
    await cycles.clock.advance(9_000);
    expect(extensions(cycles).map(({ at }) => at)).toEqual([2_000, 4_000, 6_000, 8_000]);
    expect(failures(cycles.notices)).toEqual([]);
  });

  it("times a request out early enough for its retry", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000 } });
    cycles.slow("extend", 10 * MINUTE);
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(4_000);
    // It hangs for a second. Then 2,000 ms are left, enough for another attempt and the margin.
    expect(extensions(cycles).map(({ at }) => at)).toEqual([2_000, 3_000]);
    expect(failures(cycles.notices)).toMatchObject([
      { error: { code: "TIMEOUT" }, next: "the same request is sent again in 0 ms" },
    ]);
    await guard.release();
  });

  it("allows longer requests again after a larger grant", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000 } });
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(1_000);
    for (let count = 0; count < 8; count += 1) await guard.extend(MINUTE);
    // 4 s were left, and 40 s are granted. Two attempts of 7 s and a second are reserved.
    cycles.slow("extend", 10 * MINUTE);
    await cycles.clock.advance(29_000 + 7_000 - 1);
    expect(extensions(cycles).at(-1)).toEqual({ at: 30_000, byMs: MINUTE });
    expect(failures(cycles.notices)).toEqual([]);
    await cycles.clock.advance(1);
    expect(failures(cycles.notices)).toMatchObject([{ error: { timeoutMs: 7_000 } }]);
    await guard.release();
  });

  it("limits a request that waited for a manual extension by the grant of that extension", async () => {
    const cycles = budgeted({ rules: { maxLeadMs: 5_000 } });
    // The server granted a full minute. Since then, its operator has set a limit.
    const granted = { decision: "ALLOW", affected_scopes: [], remaining_ttl_ms: MINUTE };
    cycles.fail("reservations", { body: { ...granted, reservation_id: "r" } });
    const guard = await cycles.client.reserve(lease);
    const clamped = { status: "ACTIVE", expires_at_ms: cycles.clock.now() + 51_000 };
    await cycles.clock.advance(44_999);
    cycles.slow("extend", 1_000, 10 * MINUTE);
    cycles.fail("extend", { body: { ...clamped, remaining_ttl_ms: 5_000 } });
    const byHand = guard.extend(1_000);
    await cycles.clock.advance(1_000);
    await byHand;
    await cycles.clock.advance(1_000 + 1_000);
    expect(failures(cycles.notices)).toMatchObject([{ error: { timeoutMs: 1_000 } }]);
  });
});

describe("a lease that is too short to be extended safely", () => {
  it.each([
    [
      "was requested too short",
      { ttl_ms: 1_000 },
      {},
      "The lease of reservation ID is too short: only 2000 ms are certain to be left, and " +
        "an extension with one retry may take 3000 ms. " +
        "Reserve with a longer ttl_ms",
    ],
    [
      "was granted shorter than requested",
      { ttl_ms: MINUTE },
      { maxTtlMs: 1_000 },
      "The lease of reservation ID is too short: only 2000 ms are certain to be left, and " +
        "an extension with one retry may take 3000 ms. " +
        "The server granted 1000 ms of the requested 60000 ms, so a longer ttl_ms does not help: " +
        "raise the server's limit on the ttl of this tenant's reservations",
    ],
    [
      "cannot be extended",
      { ttl_ms: 2_500 },
      { maxLeadMs: 2_500 },
      "The lease of reservation ID is too short: only 2500 ms are certain to be left, and " +
        "an extension with one retry may take 3000 ms. " +
        "The server granted 0 ms of the requested 2500 ms, so a longer ttl_ms does not help: " +
        "raise the server's limit on the ttl of this tenant's reservations",
    ],
  ])("because it %s: the notice says what helps", async (_, asked, rules, message) => {
    const cycles = budgeted({ rules });
    const guard = await cycles.client.reserve({ ...request, ...asked });
    await cycles.clock.advance(MINUTE);
    expect(extensions(cycles).map(({ at }) => at)).toEqual([0]);
    const [failure, ...others] = failures(cycles.notices);
    expect(others).toEqual([]);
    expect(failure?.error.code).toBe("LEASE_TOO_SHORT");
    expect(failure?.error.message).toBe(message.replace("ID", guard.id));
  });

  it("because of slow round trips: the notice says how slow", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000, maxLeadMs: 5_000 } });
    cycles.slow("reservations", 900);
    cycles.slow("extend", 900);
    const reserving = cycles.client.reserve(lease);
    await cycles.clock.advance(1_000);
    const guard = await reserving;
    await cycles.clock.advance(MINUTE);
    expect(failures(cycles.notices)[0]?.error.message).toBe(
      `The lease of reservation ${guard.id} is too short: only 4100 ms are certain to be left, and ` +
        "an extension with one retry may take " +
        "5400 ms, because the slowest round trip took 900 ms. " +
        "The server granted 900 ms of the requested 60000 ms, so a longer ttl_ms does not help: " +
        "raise the server's limit on the ttl of this tenant's reservations",
    );
  });

  it("because the clock went back: the notice says so", async () => {
    const cycles = budgeted();
    let readings = 0;
    const clock = {
      now: () => cycles.clock.now(),
      monotonic: () => -(readings += 1),
      setTimeout: (callback: () => void, ms: number) => cycles.clock.setTimeout(callback, ms),
    };
    const backwards = budgeted({ clock });
    hold(await backwards.client.reserve(lease));
    await cycles.clock.advance(MINUTE);
    expect(failures(backwards.notices).map(({ error }) => error.message)).toEqual([
      expect.stringMatching(
        /^Cannot tell how much of the lease of reservation .* is left: the client's clock went back/,
      ),
    ]);
  });
});
