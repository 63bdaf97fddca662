import {
  type ClientOptions,
  CyclesClient,
  type Logger,
  type LogLevel,
  type Notice,
} from "cycles-client";
import { describe, expect, it, vi } from "vitest";
import { committed, detail, refusal, released, request, reservation } from "./support/answers.js";
import { against, rejection, scripted } from "./support/server.js";

/** A logger that remembers level and text. */
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
  it("tell onNotice everything, whatever is printed", async () => {
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
  ])("are printed from level %s up", async (logLevel, expected) => {
    const { lines, logger } = memory();
    await eventful({ logger, logLevel });
    expect(lines.map(([level, , { type }]) => `${level} ${type}`)).toEqual(expected);
  });

  it("read as sentences that start with the package", async () => {
    const { lines, logger } = memory();
    await eventful({ logger, logLevel: "debug" });
    const texts = lines.map(([, text]) => text);
    expect(texts[0]).toContain("cycles: createReservation went out for a subject without a tenant");
    expect(texts[0]).toContain("set CYCLES_TENANT or subject.tenant");
    expect(texts[1]).toBe("cycles: reserved $0.01 as res-1");
    expect(texts[2]).toContain("cycles: getReservation: attempt 1 failed, the next is in 0 ms");
  });

  it("warn once about a subject without a tenant, not at every call", async () => {
    const ok = { body: reservation };
    const { client, notices } = await against([ok, ok], { subject: { agent: "bot" } });
    await client.createReservation(request);
    await client.createReservation(request);
    expect(notices).toEqual([{ type: "no_tenant", operation: "createReservation" }]);
  });

  it("tell a lifecycle: reserved, committed; reserved, released", async () => {
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

  it("tell of a denial with its error", async () => {
    const { lines, logger } = memory();
    const { client, notices } = await against([refusal(409, "BUDGET_EXCEEDED")], {
      logger,
      logLevel: "debug",
    });
    const error = await rejection(client.reserve(request));
    expect(notices).toEqual([{ type: "denied", error }]);
    expect(lines[0]?.[1]).toBe(`cycles: denied: ${(error as Error).message}`);
  });

  it("do not break a call where onNotice or the logger throws", async () => {
    const broken = () => {
      throw new Error("broken");
    };
    const { lines, logger } = memory();
    await eventful({ onNotice: broken, logger, logLevel: "error" });
    expect(lines.map(([level, text]) => `${level} ${text}`)).toEqual(
      Array(3).fill("error cycles: onNotice threw: Error: broken"),
    );
    const deaf: Logger = { debug: broken, info: broken, warn: broken, error: broken };
    await eventful({ onNotice: broken, logger: deaf, logLevel: "debug" });
  });

  it("go to the console from warnings up, unless told otherwise", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const debug = vi.spyOn(console, "debug").mockReturnValue();
    vi.stubEnv("CYCLES_LOG", undefined);
    const { url: baseUrl } = await scripted({ body: reservation });
    const client = new CyclesClient({ baseUrl, subject: { app: "shop" } });
    const guard = await client.reserve(request);
    expect(guard.state).toBe("open");
    vi.unstubAllEnvs();
    expect(warn).toHaveBeenCalledOnce();
    expect(debug).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
