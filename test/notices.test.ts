import {
  type ClientOptions,
  CyclesClient,
  type Logger,
  type LogLevel,
  type Notice,
  usd,
} from "cycles-client";
import { describe, expect, it, vi } from "vitest";
import {
  committed,
  detail,
  extended,
  refusal,
  released,
  request as plain,
  reservation,
} from "./support/responses.js";
import { StandingClock } from "./support/clock.js";
import { against, rejection, scripted } from "./support/server.js";

// The scripted responses charge what this reserves.
const request = { ...plain, estimate: usd("0.01") };

/** A logger that keeps the level and the text of each message. */
function memory() {
  const lines: [Exclude<LogLevel, "off">, string, Notice][] = [];
  const at = (level: Exclude<LogLevel, "off">) => (message: string, notice: Notice) =>
    void lines.push([level, message, notice]);
  const logger: Logger = {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
  return { lines, logger };
}

/** Reserves once without a tenant (a warning), and reads once with a retry (info). */
async function eventful(options: ClientOptions) {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const script = [{ body: reservation }, refusal(503, "INTERNAL_ERROR"), { body: detail }];
  const { client, notices } = await against(script, { subject: { agent: "bot" }, ...options });
  const guard = await client.reserve(request);
  await client.getReservation(guard.id);
  vi.restoreAllMocks();
  return notices;
}

describe("notices", () => {
  it("are all passed to onNotice, whatever the log level", async () => {
    const notices = await eventful({ logLevel: "off" });
    expect(notices.map(({ type }) => type)).toEqual(["no_tenant", "reserved", "retry"]);
    expect(notices[2]).toMatchObject({ operation: "getReservation", attempt: 1, delayMs: 0 });
  });

  it.each<[LogLevel, string[]]>([
    ["debug", ["warn no_tenant", "debug reserved", "info retry"]],
    ["info", ["warn no_tenant", "info retry"]],
    ["warn", ["warn no_tenant"]],
    ["error", []],
    ["off", []],
  ])("are printed at or above level %s", async (logLevel, expected) => {
    const { lines, logger } = memory();
    await eventful({ logger, logLevel });
    expect(lines.map(([level, , { type }]) => `${level} ${type}`)).toEqual(expected);
  });

  it("are printed as sentences that start with the package", async () => {
    const { lines, logger } = memory();
    await eventful({ logger, logLevel: "debug" });
    const texts = lines.map(([, text]) => text);
    expect(texts[0]).toContain("cycles: the subject of createReservation has no tenant");
    expect(texts[0]).toContain("set CYCLES_TENANT or subject.tenant");
    expect(texts[1]).toBe("cycles: reserved $0.01 as res-1");
    expect(texts[2]).toContain("cycles: getReservation: attempt 1 failed, the next one is in 0 ms");
  });

  it("warn only once about a subject without a tenant", async () => {
    const ok = { body: reservation };
    const { client, notices } = await against([ok, ok], { subject: { agent: "bot" } });
    await client.createReservation(request);
    await client.createReservation(request);
    expect(notices).toEqual([{ type: "no_tenant", operation: "createReservation" }]);
  });

  it("are printed for each step of a reservation", async () => {
    const { lines, logger } = memory();
    const script = [
      { body: reservation },
      { body: committed },
      { body: reservation },
      { body: released },
    ];
    const { client } = await against(script, { logger, logLevel: "debug" });
    await (await client.reserve(request)).commit(request.estimate);
    await (await client.reserve(request)).release("not needed");
    expect(lines.map(([, text]) => text)).toEqual([
      "cycles: reserved $0.01 as res-1",
      "cycles: committed $0.01 for res-1, $0.01 charged",
      "cycles: reserved $0.01 as res-1",
      "cycles: released res-1: not needed",
    ]);
  });

  it("say where a spend is while the ledger is unreachable, and that it may be lost at the end", async () => {
    const { lines, logger } = memory();
    const clock = new StandingClock();
    const down = refusal(503, "INTERNAL_ERROR");
    const { client } = await against([{ body: reservation }, down, down, down], {
      logger,
      logLevel: "warn",
      clock,
      retry: { maxAttempts: 1 },
      flushTimeout: 0,
    });
    const guard = await client.reserve(request);
    const { idempotencyKey } = await guard.commit(request.estimate);
    const [level, text] = lines[0] ?? [];
    expect(level).toBe("warn");
    expect(text).toContain("the spend of $0.01 under res-1 is not in the ledger yet");
    expect(text).toContain("is being retried, in this process only: commitReservation for tenant:");
    const closing = client.close();
    clock.advance(0);
    await closing;
    await vi.waitFor(() => expect(lines).toHaveLength(2), { interval: 1 });
    expect(lines[1]?.[0]).toBe("error");
    expect(lines[1]?.[1]).toContain("$0.01 under res-1 may not be in the ledger");
    expect(lines[1]?.[1]).toContain(
      `(idempotency key ${idempotencyKey}); look for the key in the ledger before you record it by hand: `,
    );
  });

  it("say that a release failed, and that the budget is still held", async () => {
    const { lines, logger } = memory();
    const { client } = await against([{ body: reservation }, refusal(403, "FORBIDDEN")], {
      logger,
      logLevel: "warn",
    });
    await (await client.reserve(request)).close();
    expect(lines.map(([level]) => level)).toEqual(["warn"]);
    expect(lines[0]?.[1]).toContain("res-1 could not be released and holds its budget until");
  });

  it("say when an extended lease ends", async () => {
    const { lines, logger } = memory();
    const script = [{ body: reservation }, { body: extended }, { body: released }];
    const { client } = await against(script, { logger, logLevel: "debug" });
    const guard = await client.reserve(request);
    await guard.extend(1_000);
    expect(lines[1]?.[1]).toBe("cycles: extended res-1 to 2023-11-14T22:14:20.000Z");
    await guard.release();
  });

  it("say when an extended lease ends if that is outside the range of dates", async () => {
    const { lines, logger } = memory();
    const body = JSON.stringify(extended).replace("1700000060000", "9223372036854775807");
    const { client, notices } = await against(
      [{ body: reservation }, { body }, { body: released }],
      { logger, logLevel: "debug" },
    );
    const guard = await client.reserve(request);
    await guard.extend(1_000);
    expect(lines.map(([, text]) => text)).toContain(
      "cycles: extended res-1 to 9223372036854776000 ms after 1970",
    );
    expect(notices).toContainEqual({
      type: "extended",
      reservationId: "res-1",
      expiresAt: 2 ** 63,
    });
    await guard.release();
  });

  it("are printed on one line of limited length, whatever a server sends", async () => {
    const { lines, logger } = memory();
    const hidden = "\u001b[2J\u009b\u202e\u200b\r\n\u2028\u007f";
    const message = `first${hidden}${"x".repeat(100_000)}`;
    const denial = { decision: "DENY", reason_code: hidden, affected_scopes: [`tenant:${hidden}`] };
    const { client } = await against(
      [
        { body: { ...reservation, reservation_id: `r${hidden}` } },
        refusal(403, "FORBIDDEN", { message, request_id: hidden, details: { scope: hidden } }),
        { body: denial },
        { body: { ...reservation, [`new${hidden}`]: 2 ** 60 } },
      ],
      { logger, logLevel: "debug" },
    );
    await (await client.reserve(request)).close();
    await rejection(client.reserve(request));
    await client.createReservation(request);
    expect(lines.map(([, , { type }]) => type)).toEqual([
      "reserved",
      "release_failed",
      "denied",
      "inexact_integer",
    ]);
    const escapes = String.raw`\u{1b}[2J\u{9b}\u{202e}\u{200b}\u{d}\u{a}\u{2028}\u{7f}`;
    for (const [, text] of lines) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(text).toContain(escapes);
      expect(text.length).toBeLessThanOrEqual(2_000);
    }
  });

  it("name the fields with integers that were rounded", async () => {
    const { lines, logger } = memory();
    const body = JSON.stringify(detail).replace("1000000", "9007199254740993");
    const { client } = await against([{ body }], { logger, logLevel: "warn" });
    await client.getReservation("res-1");
    expect(lines.map(([level]) => level)).toEqual(["warn"]);
    expect(lines[0]?.[1]).toBe(
      "cycles: the response to getReservation has integers beyond 2^53, which were rounded: reserved.amount",
    );
  });

  it("say that the cost of work is unknown", async () => {
    const { lines, logger } = memory();
    const { client } = await against([{ body: reservation }], { logger, logLevel: "warn" });
    const items = client.stream(request, async function* () {
      yield "one";
      throw new Error("the model hung up");
    });
    const read = async () => {
      for await (const item of items) expect(item).toBe("one");
    };
    await expect(read()).rejects.toThrow("the model hung up");
    expect(lines[0]?.[1]).toContain("the work under res-1 ran, but its cost is unknown");
  });

  it("include the error of a denial", async () => {
    const { lines, logger } = memory();
    const { client, notices } = await against([refusal(409, "BUDGET_EXCEEDED")], {
      logger,
      logLevel: "debug",
    });
    const error = await rejection(client.reserve(request));
    expect(notices).toEqual([expect.objectContaining({ type: "denied", error })]);
    expect(lines[0]?.[1]).toBe(`cycles: denied: ${(error as Error).message}`);
  });

  it("do not break a call if onNotice or the logger throws, which is printed once", async () => {
    const broken = () => {
      throw new Error("broken");
    };
    const { lines, logger } = memory();
    await eventful({ onNotice: broken, logger, logLevel: "error" });
    expect(lines.map(([level, text]) => `${level} ${text}`)).toEqual([
      "error cycles: onNotice failed: broken",
    ]);
    const failing: Logger = { debug: broken, info: broken, warn: broken, error: broken };
    await eventful({ onNotice: broken, logger: failing, logLevel: "debug" });
  });

  it("do not break a call if onNotice or the logger rejects, which is printed once", async () => {
    // The types do not prevent an async callback here.
    const broken = (() => Promise.reject(new Error("broken"))) as () => void;
    const { lines, logger } = memory();
    await eventful({ onNotice: broken, logger, logLevel: "error" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines.map(([level, text]) => `${level} ${text}`)).toEqual([
      "error cycles: onNotice failed: broken",
    ]);
    const failing: Logger = { debug: broken, info: broken, warn: broken, error: broken };
    await eventful({ logger: failing, logLevel: "debug" });
  });

  it("are printed to the console at or above warn by default", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const debug = vi.spyOn(console, "debug").mockReturnValue();
    vi.stubEnv("CYCLES_LOG", undefined);
    const { url: baseUrl } = await scripted({ body: reservation });
    const client = new CyclesClient({ baseUrl, subject: { app: "shop" } });
    const guard = await client.reserve(request);
    expect(guard.state).toBe("open");
    vi.unstubAllEnvs();
    // Only the message, because the console prints errors without a limit and without escapes.
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^cycles: the subject of createReservation has no tenant/)],
    ]);
    expect(debug).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
