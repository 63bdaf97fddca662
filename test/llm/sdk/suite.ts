import { BudgetDeniedError } from "cycles-client";
import { deniedBy } from "cycles-client/llm";
import { describe, expect, it } from "vitest";
import { rejection } from "../../support/server.js";
import { cost, type Provider, scene, type Setting } from "./scene.js";

/** How the suite calls a model through an SDK. */
export interface Sdk {
  /** Returns the text of a response that is not a stream. */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  /** Yields the text of a stream, piece by piece. */
  stream(question: string, signal?: AbortSignal): AsyncIterable<string>;
  /** Calls `.withResponse()`, if the SDK has it. */
  askWithResponse?(question: string): Promise<{ text: string; response: Response }>;
}

/** What differs between SDKs. */
export interface Traits {
  /** Whether the SDK leaves the response open after a `break`, so that only silence ends it. */
  readonly leavesOpen?: boolean;
  readonly hasWithResponse?: boolean;
}

const QUESTION = "What do ducks eat in the winter?";
const ANSWER = `You said: ${QUESTION}`;
const IDLE_TIMEOUT_MS = 100;

/** The behaviour that every SDK has when it is metered. */
export function meters(name: string, open: (setting: Setting) => Sdk, traits: Traits = {}): void {
  const opened = async (...args: Parameters<typeof scene>) => {
    const parts = await scene(...args);
    return { ...parts, sdk: open(parts.setting) };
  };
  const impatient = { idleTimeout: IDLE_TIMEOUT_MS };
  const once = { reserves: 1, commits: 1, releases: 0 };

  describe(name, () => {
    it("spends what the provider bills for a response", async () => {
      const { sdk, provider, settled, requests } = await opened();
      provider.next({ cached: 7, reasoning: 5 });
      expect((await sdk.ask(QUESTION)).trim()).toBe(ANSWER);
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual(once);
    });

    it.each([
      ["in whole events", {}],
      ["in odd chunks", { chunks: "odd", lineEnd: "\r\n" } as const],
      ["with cached and reasoning tokens", { cached: 7, reasoning: 5 }],
    ])("spends what the provider bills for a stream %s", async (_, plan) => {
      const { sdk, provider, settled, requests } = await opened();
      provider.next({ ...plan, say: "Grüße 😀 an alle" });
      expect((await all(sdk.stream(QUESTION))).trim()).toBe("Grüße 😀 an alle");
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual(once);
    });

    it.each<[string, (sdk: Sdk) => Promise<string>]>([
      ["a call", (sdk) => sdk.ask(QUESTION)],
      ["a stream", (sdk) => all(sdk.stream(QUESTION))],
    ])("denies %s in one attempt, before the provider is called", async (_, call) => {
      const { sdk, provider, requests } = await opened("0.00000001");
      const denial = deniedBy(await rejection(call(sdk)));
      expect(denial).toBeInstanceOf(BudgetDeniedError);
      expect(denial?.code).toBe("BUDGET_EXCEEDED");
      expect(denial?.scopes).toEqual(["tenant:acme"]);
      expect(provider.calls).toEqual([]);
      expect(requests()).toEqual({ reserves: 1, commits: 0, releases: 0 });
    });

    it("spends the estimate of what was read before a break", async () => {
      const { sdk, provider, clock, ...ledger } = await opened("1.00", impatient);
      provider.next({ stallAfter: 3 });
      const reading = read(sdk.stream(QUESTION), { isToBreak: true });
      await reading.third;
      if (traits.leavesOpen) await clock.advance(IDLE_TIMEOUT_MS);
      await expectSeen(ledger, provider);
      provider.calls.at(-1)?.cut();
      await reading.end;
    });

    it("spends the estimate of what was read before an abort", async () => {
      const { sdk, provider, ...ledger } = await opened();
      provider.next({ stallAfter: 3 });
      const abort = new AbortController();
      const reading = read(sdk.stream(QUESTION, abort.signal));
      await reading.third;
      abort.abort();
      await reading.end;
      await expectSeen(ledger, provider);
    });

    it("spends the whole estimate of a call that was aborted before the response", async () => {
      const { sdk, provider, settled, estimate, marks } = await opened();
      const abort = new AbortController();
      provider.next({ stallAfter: 0 });
      const asking = rejection(sdk.ask(QUESTION, abort.signal));
      await expect.poll(() => provider.calls.length, { interval: 1, timeout: 30_000 }).toBe(1);
      abort.abort();
      await asking;
      expect(await settled()).toBe(estimate());
      expect(marks()).toEqual({ actual_source: "estimate", estimated_from: "request" });
      expect(estimate()).toBeGreaterThanOrEqual(cost(provider.billed));
    });

    it("spends the estimate of what was read before the connection is cut", async () => {
      const { sdk, provider, ...ledger } = await opened();
      provider.next({ stallAfter: 3 });
      const reading = read(sdk.stream(QUESTION));
      await reading.third;
      provider.calls.at(-1)?.cut();
      await reading.end;
      await expectSeen(ledger, provider);
    });

    it("never spends less than the bill when a response is cut, however often it is sent again", async () => {
      const { sdk, provider, settled, requests } = await opened();
      provider.next({ cutAfter: 0 });
      await sdk.ask(QUESTION).catch(() => "");
      expect(await settled()).toBeGreaterThanOrEqual(cost(provider.billed));
      const sent = provider.calls.length;
      expect(requests()).toEqual({ reserves: sent, commits: sent, releases: 0 });
    });

    it("spends the estimate of what was read before a stall, and once", async () => {
      const { sdk, provider, clock, ...ledger } = await opened("1.00", impatient);
      provider.next({ stallAfter: 3 });
      const reading = read(sdk.stream(QUESTION));
      await reading.third;
      await clock.advance(IDLE_TIMEOUT_MS);
      const spent = await ledger.settled();
      provider.calls.at(-1)?.cut();
      await reading.end;
      await expectSeen(ledger, provider);
      expect(await ledger.settled()).toBe(spent);
    });

    it("releases an attempt that the provider refused, and spends the next one", async () => {
      const { sdk, provider, settled, requests } = await opened();
      provider.next({ status: 503 });
      expect((await sdk.ask(QUESTION)).trim()).toBe(ANSWER);
      expect(provider.calls.map(({ status }) => status)).toEqual([503, 200]);
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual({ reserves: 2, commits: 1, releases: 1 });
    });

    it.each<[string, (sdk: Sdk) => Promise<string>]>([
      ["a response", (sdk) => sdk.ask(QUESTION)],
      ["a stream", (sdk) => all(sdk.stream(QUESTION))],
    ])("spends the estimate of %s without usage", async (_, call) => {
      const { sdk, provider, ...ledger } = await opened();
      provider.next({ usage: false });
      expect((await call(sdk)).trim()).toBe(ANSWER);
      await expectSeen(ledger, provider);
    });

    it.runIf(traits.hasWithResponse)("keeps .withResponse()", async () => {
      const { sdk, provider, settled } = await opened();
      const result = await sdk.askWithResponse?.(QUESTION);
      expect(result?.text.trim()).toBe(ANSWER);
      expect(result?.response.headers.get("x-request-id")).toBe("req_1");
      expect(await settled()).toBe(cost(provider.billed));
    });
  });

  /** Expects one commit, marked as an estimate: at least the bill, at most one token for each byte. */
  async function expectSeen(ledger: Ledger, { billed, calls }: Provider) {
    const input = Buffer.byteLength(JSON.stringify(calls.at(-1)?.body));
    const spent = await ledger.settled();
    expect(spent).toBeGreaterThanOrEqual(cost(billed));
    expect(spent).toBeLessThan(cost({ ...billed, input, output: Buffer.byteLength(ANSWER) }));
    expect(ledger.marks()).toEqual({ actual_source: "estimate", estimated_from: "text" });
    expect(ledger.requests()).toEqual(once);
  }
}

type Ledger = Pick<Awaited<ReturnType<typeof scene>>, "settled" | "marks" | "requests">;

async function all(stream: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of stream) text += piece;
  return text;
}

/** Reads a stream in the background, to its end or to its third piece. */
function read(stream: AsyncIterable<string>, { isToBreak = false } = {}) {
  let count = 0;
  let onThird = () => {};
  const third = new Promise<void>((resolve) => (onThird = resolve));
  const reading = async () => {
    for await (const piece of stream) {
      count += Math.sign(piece.length);
      if (count === 3) onThird();
      if (count === 3 && isToBreak) break;
    }
  };
  /** Resolves when the stream has ended, with an error or not. SDKs differ in that. */
  const end = reading().catch(() => undefined);
  return { third: Promise.race([third, end]), end };
}
