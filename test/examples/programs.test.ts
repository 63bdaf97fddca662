import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CyclesClient, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import OpenAI from "openai";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function output(example: string, ...args: string[]): Promise<string[]> {
  const program = `examples/${example}/main.mjs`;
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { cwd: root });
  return stdout.trim().split("\n");
}

/** The examples are plain JavaScript. Here they import the sources of the package instead of its build. */
async function part(path: string): Promise<Record<string, (...args: unknown[]) => unknown>> {
  const module: unknown = await import(`../../examples/${path}`);
  return module as Record<string, (...args: unknown[]) => unknown>;
}

function budget(amount: string) {
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd(amount) } });
  const cycles = new CyclesClient({ ...authority.clientOptions("acme"), logLevel: "off" });
  const books = () => {
    const [balance] = authority.balances("tenant:acme");
    return { spent: balance?.spent.amount, reserved: balance?.reserved.amount };
  };
  return { cycles, books };
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the service with a budget per request", () => {
  it("responds until a user has no budget left, and still serves other users", async () => {
    const lines = await output("service");
    expect(lines[0]).toContain("ann asks about ducks: 200");
    expect(lines[2]).toContain('402 {"type":"about:blank","title":"Payment Required"');
    expect(lines[3]).toContain("bob asks about herons: 200");
    expect(lines[4]).toBe("tenant:acme: 10800000 microcents spent, 89200000 left");
  });

  it.each([
    ["fails", () => Promise.reject(new Error("provider down")), 500],
    ["spends nothing", () => Promise.resolve({ answer: "", tokens: 0 }), 200],
  ])("releases the budget if a handler %s", async (_, ask, status) => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const { cycles, books } = budget("1.00");
    const { service } = await part("service/app.mjs");
    const app = service?.(cycles, ask) as { request: typeof fetch };
    const response = await app.request("/ask", { method: "POST", body: "ducks" });
    expect(response.status).toBe(status);
    expect(books()).toEqual({ spent: 0, reserved: 0 });
  });
});

it("serves each user on a budget of their own, in four frameworks", async () => {
  const lines = await output("web");
  expect(lines.slice(0, 8).map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
    ...["Hono, ann: 200", "Hono, bob: 200", "Express, ann: 200", "Express, bob: 200"],
    ...["Fastify, ann: 402", "Fastify, bob: 200", "Next, ann: 402", "Next, bob: 200"],
  ]);
  expect(lines.slice(8)).toEqual([
    "tenant:acme: $0.0000756 spent",
    "agent:ann: $0.0000252 spent",
    "agent:bob: $0.0000504 spent",
  ]);
});

describe("the streaming chat endpoint", () => {
  it("streams replies through the real SDK until the budget is denied", async () => {
    expect(await output("chat")).toEqual([
      "200 You said: What do ducks eat?",
      "200 You said: Where do geese sleep?",
      "402 No budget left: BUDGET_EXCEEDED",
      "$0.00000885 spent, $0.00030115 left",
    ]);
  });

  it("commits the pieces that a client received before it disconnected", async () => {
    const { cycles, books } = budget("1.00");
    const { openProvider } = await part("provider/server.mjs");
    const { chat } = await part("chat/chat.mjs");
    const provider = (await openProvider?.()) as { baseURL: string; close: () => void };
    onTestFinished(provider.close);
    const openai = new OpenAI({ apiKey: "sk-test", baseURL: provider.baseURL });
    const pieces = chat?.(cycles, openai, "one two three four five") as AsyncIterable<string>;
    const heard: string[] = [];
    for await (const piece of pieces) if (heard.push(piece) === 3) break;
    expect(heard).toEqual(["You ", "said: ", "one "]);
    // The question has 23 characters at 15 microcents, and the reply three pieces at 60.
    expect(books()).toEqual({ spent: 23 * 15 + 3 * 60, reserved: 0 });
  });

  it("ends the model call if the client of the endpoint disconnects", async () => {
    const { cycles, books } = budget("1.00");
    const { openProvider } = await part("provider/server.mjs");
    const { endpoint } = await part("chat/endpoint.mjs");
    const provider = (await openProvider?.()) as { baseURL: string; close: () => void };
    onTestFinished(provider.close);
    const openai = new OpenAI({ apiKey: "sk-test", baseURL: provider.baseURL });
    const url = await listening(endpoint?.(cycles, openai) as Server);
    const response = await fetch(url, { method: "POST", body: "word ".repeat(5_000) });
    await response.body?.cancel();
    await expect.poll(() => books().reserved).toBe(0);
    expect(books().spent).toBeGreaterThan(0);
  });
});

describe("the SDKs with a budget in front", () => {
  it("spend what the provider bills: chat and a stream of responses", async () => {
    expect(await output("openai")).toEqual([
      "You said: What do ducks eat? ",
      "You said: Where do geese sleep? ",
      "Provider: calls 2, tokens in 11, tokens out 12",
      // gpt-4o-mini: 5 tokens at 15 microcents and 6 at 60. gpt-5-mini: 6 at 25 and 6 at 200.
      "Authority: requests 4, spent $0.00001785",
    ]);
  });

  it("throw a denial, and the provider is not called", async () => {
    const lines = await output("anthropic");
    expect(lines[2]).toMatch(/^Denied: .*requested, .* remaining/);
    expect(lines.slice(3)).toEqual([
      "Provider: calls 2, tokens in 11, tokens out 12",
      "Authority: requests 5, spent $0.000071",
    ]);
  });

  it("spend what had arrived before the connection broke", async () => {
    expect(await output("gemini")).toEqual([
      expect.stringMatching(/^You said: What do … /),
      "Provider: calls 1, tokens in 8, tokens out 44",
      "Authority: requests 2, spent $0.0001124",
    ]);
  });

  it("are metered inside LangChain", async () => {
    expect((await output("langchain")).slice(-2)).toEqual([
      "Provider: calls 3, tokens in 15, tokens out 18",
      "Authority: requests 6, spent $0.00001305",
    ]);
  });

  it("are metered by the middleware of the AI SDK, and the denial is its error", async () => {
    expect(await output("ai-sdk")).toEqual([
      "You said: What do ducks eat? ",
      "Embedded 1 token",
      "You said: It rains in Oslo ",
      "Denied: BUDGET_EXCEEDED",
      "Provider: calls 4, tokens in 152, tokens out 14",
      // gpt-5-mini: 151 tokens at 25 microcents and 14 at 200. The embedding: a token at 2.
      "Authority: requests 7, spent $0.00006577",
    ]);
  });

  it("hold the budget of a run of agents once", async () => {
    expect(await output("agents")).toEqual([
      "You said: It rains in Oslo ",
      "Provider: calls 3, tokens in 260, tokens out 10",
      "Authority: requests 2, spent $0.000085",
    ]);
  });
});

describe("tools with a budget in front", () => {
  const refusal =
    'The tool "send_email" did not run: it costs 5 risk points, and the budget does not allow that. ' +
    "Use a cheaper tool, or finish without it.";
  const books = "Authority: requests 5, spent 10 RISK_POINTS";

  it("run as far as the budget goes, and the model is told the rest", async () => {
    expect(await output("tools")).toEqual([
      "Tools without a cost: delete_file",
      "E-mail sent to ann",
      "E-mail sent to bob",
      `You said: ${refusal} `,
      books,
    ]);
  });

  it("return an error result from an MCP server", async () => {
    const lines = await output("mcp");
    expect(lines).toEqual(["Sent to ann", "Sent to bob", `Refused: ${refusal}`, books]);
  });
});

it("degrades from the best model that the budget allows to a cache", async () => {
  const models = (await output("degrade")).map((line) => line.split(": ")[1]).slice(0, -1);
  expect([...new Set(models)]).toEqual(["large", "small", "cache"]);
});

it("shows the budget of calls in spans and metrics", async () => {
  const lines = await output("otel");
  const ids = lines.filter((line) => line.includes("cycles.reservation_id = "));
  expect(ids).toHaveLength(1);
  const unit = "USD_MICROCENTS, llm.completion";
  expect(lines.filter((line) => !ids.includes(line))).toEqual([
    "ask about ducks",
    "  cycles.decision = ALLOW",
    "  cycles.scope = tenant:acme",
    "  cycles.reservations = 1",
    "  cycles.unit = USD_MICROCENTS",
    "  cycles.estimate = 2000000",
    "  cycles.charged = 1500000",
    "ask about herons",
    "  cycles.decision = DENY",
    "  cycles.code = BUDGET_EXCEEDED",
    "  cycles.scope = tenant:acme",
    `cycles.reserve.duration {${unit}, ALLOW} 1 recorded`,
    `cycles.reserve.duration {${unit}, DENY} 1 recorded`,
    `cycles.denials {${unit}, BUDGET_EXCEEDED} 1`,
    `cycles.spend {${unit}} 1500000`,
    `cycles.estimate.error {${unit}, too_high} 1 recorded`,
  ]);
});

describe("the sweep", () => {
  it("lists stuck reservations without releasing them", async () => {
    expect(await output("sweep")).toEqual([
      "crawler: $0.10 held for 15 minutes: not released",
      "nightly-report: $0.10 held for 45 minutes: not released",
      "$0.30 still reserved",
    ]);
  });

  it("releases stuck reservations, and nothing else", async () => {
    expect(await output("sweep", "--release")).toEqual([
      "crawler: $0.10 held for 15 minutes: released",
      "nightly-report: $0.10 held for 45 minutes: released",
      "$0.10 still reserved",
    ]);
  });
});
