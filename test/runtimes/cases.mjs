// The cases that must pass on every runtime. They use the package's entry points, and no API of a single runtime.
import {
  BudgetDeniedError,
  CyclesClient,
  CyclesConfigError,
  CyclesConnectionError,
  CyclesTimeoutError,
  CyclesValidationError,
  createRawClient,
  isCyclesError,
  perMillion,
  tokens,
  UnitMismatchError,
  usd,
} from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { verifyEvidence } from "cycles-client/evidence";
import { deniedBy, meteredFetch } from "cycles-client/llm";
import { prices } from "cycles-client/prices";

/** @typedef {{ name: string, run: (fixture: Fixture) => Promise<void> }} Case */
/**
 * The URL and API key of an authority, the URL of a server that never responds, and a folder if the runtime has a file
 * system.
 * @typedef {{ baseUrl: string, apiKey: string, silentUrl: string, journalDir?: string }} Fixture
 */

const request = { action: { kind: "llm.completion", name: "gpt-4o-mini" }, estimate: usd("0.10") };

/** A signed record, and the key that signed it. */
const RECORD = {
  schema_version: "cycles-evidence/v0.1",
  artifact_type: "release",
  server_id: "https://cycles.example.com/v1",
  signer_did: "06414c819848f67455d680ea1d83175da4bc6740b52b51f23cd4bc5643a26bdc",
  issued_at_ms: 1767225600000,
  payload: {
    release: {
      reservation_id: "r-1",
      request: { idempotency_key: "k-1", reason: "größer 🪙" },
      response: { status: "RELEASED", released: { unit: "TOKENS", amount: 5 } },
    },
  },
  evidence_id: "e736a6116dbec09416524ce775734e4a32aba4147bc71d360079d5858823c5ae",
  signature:
    "d8d63b8f37babcf01cd59f1bfbc4bfe2584894cb7a65aa1e988211d6145b5778c822b39940a6c604c9b87c1f9283e7bb6c24efffec71de913fdf6bf756eaca08",
};
const RECORD_KEY = "BkFMgZhI9nRV1oDqHYMXXaS8Z0C1K1HyPNS8VkOia9w";

/** Returns an authority in this process, its client, and the clock that both use. */
function inProcess(budget = usd("1.00"), options = {}) {
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": budget }, clock });
  const client = new CyclesClient({
    ...authority.clientOptions("acme"),
    logLevel: "off",
    dangerouslyAllowBrowser: true,
    ...options,
  });
  const spent = () => authority.balances("tenant:acme")[0].spent.amount;
  const reserved = () => authority.balances("tenant:acme")[0].reserved.amount;
  return { authority, client, clock, spent, reserved };
}

/** Returns a client of the authority that listens on a socket. */
function overTheWire({ baseUrl, apiKey }, options = {}) {
  return new CyclesClient({
    baseUrl,
    apiKey,
    subject: { tenant: "acme" },
    journal: false,
    logLevel: "off",
    dangerouslyAllowBrowser: true,
    ...options,
  });
}

/** Whether the runtime can tell what code runs inside an allowance or a scope. */
function hasContext() {
  const { AsyncLocalStorage, process } = /** @type {any} */ (globalThis);
  return (AsyncLocalStorage ?? process?.getBuiltinModule?.("node:async_hooks")) !== undefined;
}

function equal(found, wanted, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: expected ${b}, received ${a}`);
}

async function rejects(promise, Class, what) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof Class))
    throw new Error(`${what}: expected ${Class.name}, received ${String(error)}`);
  return error;
}

/** @type {Case[]} */
export const cases = [
  {
    name: "options are checked",
    async run() {
      let error;
      try {
        new CyclesClient({ baseUrl: "ftp://example", dangerouslyAllowBrowser: true });
      } catch (reason) {
        error = reason;
      }
      if (!(error instanceof CyclesConfigError))
        throw new Error(`expected CyclesConfigError, received ${error}`);
    },
  },
  {
    name: "raw call",
    async run({ baseUrl, apiKey }) {
      const raw = createRawClient({ baseUrl, apiKey, dangerouslyAllowBrowser: true });
      const { data, response } = await raw.GET("/v1/balances", {
        params: { query: { tenant: "acme" } },
      });
      equal(response.status, 200, "status");
      equal(data?.balances[0].scope_path, "tenant:acme", "scope");
    },
  },
  {
    name: "facade over the wire",
    async run(fixture) {
      const client = overTheWire(fixture);
      const { data, status, requestId } = await client.createReservation(request).withResponse();
      equal([status, data.decision, typeof requestId], [200, "ALLOW", "string"], "response");
      const { reservation_id: id = "" } = data;
      await client.commitReservation(id, { actual: usd("0.01") });
      equal((await client.getReservation(id)).status, "COMMITTED", "state");
      await client.close();
    },
  },
  {
    name: "typed errors",
    async run(fixture) {
      const client = overTheWire(fixture, { apiKey: "cyc_live_unknown" });
      const error = await client.createReservation(request).then(
        () => undefined,
        (reason) => reason,
      );
      equal(isCyclesError(error, "UNAUTHORIZED"), true, "isCyclesError");
      const wrong = { ...request, estimate: { ...request.estimate, amount: -1 } };
      await rejects(client.createReservation(wrong), CyclesValidationError, "negative amount");
      await client.close();
    },
  },
  {
    name: "unit hint",
    async run() {
      const { client } = inProcess();
      const error = await rejects(
        client.reserve({ ...request, estimate: tokens(10) }),
        UnitMismatchError,
        "tokens for a budget in dollars",
      );
      equal(error.hint.expectedUnits, ["USD_MICROCENTS"], "hint");
    },
  },
  {
    name: "guard commits and releases",
    async run(fixture) {
      const client = overTheWire(fixture);
      const kept = await client.reserve(request);
      equal((await kept.commit(perMillion("0.60", 1234))).state, "committed", "commit");
      const dropped = await client.reserve(request);
      await dropped.release("not needed");
      equal(dropped.state, "released", "release");
      await client.close();
    },
  },
  {
    name: "allowance",
    async run() {
      const { authority, client, spent } = inProcess();
      const step = { ...request, estimate: usd("0.01") };
      await client.allowance(request, async (allowance) => {
        await allowance.run(step, () => undefined, { actual: "estimate" });
        await Promise.resolve();
        await client.run(step, () => undefined, { actual: "estimate" });
      });
      equal(spent(), usd("0.02").amount, "spent");
      // Without a context, the client does not know that it is inside the allowance.
      equal(authority.requests.length, hasContext() ? 2 : 4, "requests");
    },
  },
  {
    name: "scope",
    async run() {
      const { authority, client } = inProcess();
      const inScope = async () => {
        await Promise.resolve();
        await client.decide(request);
      };
      if (!hasContext()) {
        await rejects(
          new Promise((resolve) => resolve(client.scope({ agent: "bot" }, inScope))),
          CyclesConfigError,
          "scope",
        );
        return;
      }
      await client.scope({ agent: "bot" }, inScope);
      const { subject } = JSON.parse(authority.requests[0].body);
      equal(subject, { tenant: "acme", agent: "bot" }, "subject");
    },
  },
  {
    name: "metered calls to models",
    async run() {
      const { client, spent } = inProcess(usd("0.01"));
      const usage = { prompt_tokens: 1_000, completion_tokens: 100 };
      const events = [{ choices: [{ delta: { content: "Hi" } }] }, { choices: [], usage }];
      const answer = [...events.map((event) => JSON.stringify(event)), "[DONE]"]
        .map((data) => `data: ${data}\n\n`)
        .join("");
      const headers = { "content-type": "text/event-stream" };
      const provider = async () => new Response(answer, { headers });
      const metered = meteredFetch(client, { price: prices(), fetch: provider });
      const ask = (model) =>
        metered("https://api.openai.com/v1/chat/completions", {
          method: "POST",
          body: JSON.stringify({ model, stream: true, messages: [], max_tokens: 1_000 }),
        });
      equal((await (await ask("gpt-4o-mini")).text()).includes("Hi"), true, "text");
      equal(spent(), perMillion("0.15", 1_000).amount + perMillion("0.60", 100).amount, "spent");
      const denied = await ask("gpt-4o");
      equal(denied.status, 402, "status");
      equal(deniedBy(await denied.json())?.code, "BUDGET_EXCEEDED", "denial");
    },
  },
  {
    name: "guard denied",
    async run() {
      const { client } = inProcess(usd("0.05"));
      const error = await rejects(
        client.reserve(request),
        BudgetDeniedError,
        "more than the budget",
      );
      equal(error.code, "BUDGET_EXCEEDED", "code");
    },
  },
  {
    name: "heartbeat keeps a lease",
    async run() {
      const { client, clock, spent } = inProcess();
      const guard = await client.reserve({ ...request, ttl_ms: 30_000 });
      await clock.advance(120_000);
      const settlement = await guard.commit(usd("0.02"));
      const via = settlement.state === "committed" && settlement.via;
      equal([via, spent()], ["commit", 2_000_000], "commit after four lease periods");
    },
  },
  {
    name: "run and onDenied",
    async run() {
      const { client, spent } = inProcess(usd("0.15"));
      const work = (guard) => {
        guard.setActual(usd("0.10"));
        return "done";
      };
      equal(await client.run(request, work), "done", "result");
      const other = await client.run(request, work, { onDenied: () => "cheaper" });
      equal([other, spent()], ["cheaper", 10_000_000], "denied");
    },
  },
  {
    name: "work that throws",
    async run() {
      const { client, spent, reserved } = inProcess();
      const work = () => Promise.reject(new RangeError("boom"));
      await rejects(client.run(request, work), RangeError, "the work's own error");
      equal([spent(), reserved()], [0, 0], "spent and reserved");
    },
  },
  {
    name: "stream and early break",
    async run() {
      const { client, spent } = inProcess();
      const stream = client.stream(request, async function* (guard) {
        for (let sent = 1; sent <= 5; sent += 1) {
          guard.setActual(usd("0.01"));
          yield sent;
        }
      });
      const seen = [];
      for await (const item of stream) if (seen.push(item) === 2) break;
      equal([seen, spent()], [[1, 2], 1_000_000], "items and spend");
    },
  },
  {
    name: "abort",
    async run(fixture) {
      const client = overTheWire({ ...fixture, baseUrl: fixture.silentUrl });
      const controller = new AbortController();
      const reserving = client.reserve(request, { signal: controller.signal });
      controller.abort(new RangeError("enough"));
      await rejects(reserving, RangeError, "the signal's reason");
    },
  },
  {
    name: "timeout",
    async run(fixture) {
      const client = overTheWire({ ...fixture, baseUrl: fixture.silentUrl });
      const options = { timeout: 100, maxRetries: 0 };
      await rejects(client.createReservation(request, options), CyclesTimeoutError, "no response");
    },
  },
  {
    name: "connection refused",
    async run(fixture) {
      const client = overTheWire({ ...fixture, baseUrl: "http://127.0.0.1:9" });
      const options = { maxRetries: 0 };
      await rejects(client.createReservation(request, options), CyclesConnectionError, "port 9");
    },
  },
  {
    name: "lists over all pages",
    async run() {
      const { client } = inProcess();
      for (let made = 0; made < 5; made += 1) {
        await client.createReservation({ ...request, estimate: usd("0.01") });
      }
      const ids = new Set();
      for await (const { reservation_id } of client.listReservations({ limit: 2 })) {
        ids.add(reservation_id);
      }
      equal(ids.size, 5, "reservations");
    },
  },
  {
    name: "queued, then committed",
    async run() {
      let isDown = false;
      const { authority, client, clock, spent } = inProcess(usd("1.00"), {
        fetch: (url, init) =>
          isDown ? Promise.reject(new TypeError("fetch failed")) : authority.fetch(url, init),
      });
      const guard = await client.reserve(request);
      isDown = true;
      const committing = guard.commit(usd("0.03"));
      await clock.advance(11_000);
      equal((await committing).state, "queued", "while the authority is down");
      isDown = false;
      await client.flush();
      equal(spent(), 3_000_000, "afterwards");
    },
  },
  {
    name: "journal, if the runtime has a file system",
    async run({ journalDir }) {
      const { authority, client, clock, spent } = inProcess(usd("1.00"), {
        journal: undefined,
        retry: { maxAttempts: 1 },
        ...(journalDir !== undefined && { journalDir }),
      });
      const guard = await client.reserve(request);
      authority.faults.on("commitReservation").drop("after");
      const settlement = await guard.commit(usd("0.03"));
      const durable = settlement.state === "queued" && settlement.durable;
      equal(durable, journalDir !== undefined, "durable");
      await clock.advance(2_000);
      equal(spent(), 3_000_000, "afterwards");
    },
  },
  {
    name: "evidence is verified",
    async run() {
      // WebCrypto's Ed25519 differs most between runtimes.
      const record = JSON.stringify(RECORD);
      equal((await verifyEvidence(record)).disposition, "binding_only", "record");
      const keys = [{ kty: "OKP", crv: "Ed25519", kid: "a", x: RECORD_KEY, cycles_nbf_ms: 0 }];
      equal((await verifyEvidence(record, { jwks: { keys } })).disposition, "authentic", "key set");
      const forged = { ...RECORD, signature: `00${RECORD.signature.slice(2)}` };
      const [reason] = (await verifyEvidence(forged)).reasons;
      equal(reason?.code, "signature_mismatch", "forged record");
    },
  },
  {
    name: "await using, if the runtime supports it",
    async run() {
      const { client, spent } = inProcess();
      const guard = await client.reserve(request);
      guard.setActual(usd("0.04"));
      await guard[Symbol.asyncDispose ?? "close"]();
      equal(spent(), 4_000_000, "spend");
    },
  },
];

/** Runs all cases. A failed case has an `error` text. */
export async function conform(fixture) {
  const results = [];
  for (const { name, run } of cases) {
    try {
      await run(fixture);
      results.push({ name, ok: true });
    } catch (error) {
      results.push({ name, ok: false, error: String(error?.stack ?? error) });
    }
  }
  return results;
}
