import { CyclesClient } from "cycles-client";
import { ManualClock } from "cycles-client/embedded";
import { verifyEvidence } from "cycles-client/evidence";
import { describe, expect, it } from "vitest";
import { API_KEY, against, type Scripted } from "../support/server.js";
import { START } from "../embedded/http.js";
import { SERVER_ID } from "./records.js";
import { signedReserve } from "./signed.js";
import { didOf, Signer } from "./signing.js";

const { signer, raw, resigned } = signedReserve();

const LIFETIME_MS = 10 * 60_000;
const COOLDOWN_MS = 30_000;

/** A client of a real server that serves these key sets, and records of that server. */
async function online(...script: Scripted[]) {
  const { client, received, server } = await against(script);
  const clock = new ManualClock(START);
  const serverId = `${server.url}/v1`;
  const recordOf = (kid: string) =>
    resigned({ server_id: serverId, signer_did: didOf(serverId, kid) });
  const summary = async (record: object) => {
    const { disposition, reasons } = await verifyEvidence(record, { client, clock });
    return [disposition, ...reasons.map(({ code }) => code)];
  };
  return { client, clock, received, serverId, recordOf, summary };
}

const keySet = (...kids: string[]) => ({
  body: { keys: kids.map((kid) => signer().jwk(kid)) },
});

describe("with a client", () => {
  it("the key set is requested from the client's server, without the API key", async () => {
    const { client, recordOf, received, serverId } = await online(keySet("2026-01"));
    const result = await verifyEvidence(await recordOf("2026-01"), { client });
    expect(result).toMatchObject({ disposition: "authentic", kid: "2026-01", serverId });
    expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /v1/.well-known/cycles-jwks.json",
    ]);
    expect(JSON.stringify(received[0]?.headers)).not.toContain(API_KEY);
  });

  it("a public key in hex is looked up, too", async () => {
    const { summary, serverId } = await online(keySet("2026-01"), keySet("2026-01"));
    expect(await summary(await resigned({ server_id: serverId }))).toEqual(["authentic"]);
    // The text of the server_id counts, apart from one slash at its end.
    expect(await summary(await resigned({ server_id: `${serverId}/` }))).toEqual(["authentic"]);
  });

  it("no server that a record names is asked for keys", async () => {
    const other = await online(keySet("2026-01"));
    const { summary, received } = await online(keySet("2026-01"));
    for (const server_id of [
      other.serverId,
      `${other.serverId}/../v1`,
      SERVER_ID,
      "not a URL",
      "",
    ]) {
      const named = await resigned({ server_id, signer_did: didOf(server_id, "2026-01") });
      expect(await summary(named)).toEqual(["signer_resolution_failed", "other_server"]);
      expect(await summary(await resigned({ server_id }))).toEqual([
        "binding_only",
        "other_server",
      ]);
    }
    expect([...received, ...other.received]).toEqual([]);
  });

  it("its server may have another address than its server_id, if you say so", async () => {
    const { client, received } = await online(keySet("2026-01"));
    const result = await verifyEvidence(raw(), { client, serverId: SERVER_ID });
    expect(result).toMatchObject({ disposition: "authentic", serverId: SERVER_ID });
    expect(received).toHaveLength(1);
  });

  it("a forged record causes no request", async () => {
    const { summary, received, recordOf, serverId } = await online();
    const changed = { ...(await recordOf("2026-01")), issued_at_ms: 1 };
    expect(await summary(changed)).toEqual(["signature_invalid", "evidence_id_mismatch"]);
    const other = await Signer.create();
    const stolen = { ...(await resigned({ server_id: serverId })) };
    const forged = { ...stolen, signature: await other.signature(stolen) };
    expect(await summary(forged)).toEqual(["signature_invalid", "signature_mismatch"]);
    expect(received).toEqual([]);
  });

  it.each<[string, Scripted, string]>([
    [
      "is not published",
      { status: 404, body: { error: "NOT_FOUND", message: "", request_id: "r" } },
      "key_set_unavailable",
    ],
    ["is not reached", { status: 503 }, "key_set_unavailable"],
    ["is elsewhere", { status: 307, headers: { location: SERVER_ID } }, "key_set_unavailable"],
    ["is cut off", (response) => response.destroy(), "key_set_unavailable"],
    ["is a page", { body: "<html>" }, "key_set_invalid"],
    ["is empty", { status: 204 }, "key_set_unavailable"],
    ["has its keys twice", { body: '{"keys":[],"keys":[]}' }, "key_set_invalid"],
  ])(
    "a key set that %s says nothing about the record, and is requested again",
    async (_name, step, code) => {
      const { summary, recordOf, received } = await online(step, keySet("2026-01"));
      const record = await recordOf("2026-01");
      expect(await summary(record)).toEqual(["signer_resolution_failed", code]);
      expect(await summary(record)).toEqual(["authentic"]);
      expect(received).toHaveLength(2);
    },
  );

  it("a key that cannot be used does not spoil the others", async () => {
    const keys = [{ kty: "RSA", n: "x" }, null, signer().jwk("2026-01")];
    const { summary, recordOf } = await online({ body: { keys } });
    expect(await summary(await recordOf("2026-01"))).toEqual(["authentic"]);
  });

  it("a client that is closed has no key set", async () => {
    const { summary, recordOf, client } = await online();
    await client.close();
    expect(await summary(await recordOf("2026-01"))).toEqual([
      "signer_resolution_failed",
      "key_set_unavailable",
    ]);
  });
});

describe("the key set of a client", () => {
  it("is requested once for records that come together, and kept for ten minutes", async () => {
    const { summary, recordOf, received, clock } = await online(keySet("a", "b"), keySet("a"));
    const records = await Promise.all([recordOf("a"), recordOf("b"), recordOf("a")]);
    await Promise.all(records.map((record) => summary(record)));
    await clock.advance(LIFETIME_MS - 1);
    expect(await summary(await recordOf("b"))).toEqual(["authentic"]);
    expect(received).toHaveLength(1);

    await clock.advance(1);
    expect(await summary(await recordOf("b"))).toEqual(["signer_authority_failed", "unknown_key"]);
    expect(received).toHaveLength(2);
  });

  it("is requested again for a key that is not in it", async () => {
    const { summary, recordOf, received, clock } = await online(keySet("a"), keySet("a", "b"));
    expect(await summary(await recordOf("a"))).toEqual(["authentic"]);
    await clock.advance(COOLDOWN_MS);
    expect(await summary(await recordOf("b"))).toEqual(["authentic"]);
    expect(await summary(await recordOf("a"))).toEqual(["authentic"]);
    expect(received).toHaveLength(2);
  });

  it("is requested at most every 30 seconds for keys that are invented", async () => {
    const { summary, recordOf, received, clock } = await online(
      keySet("a"),
      keySet("a"),
      keySet("a"),
    );
    const unknown = ["signer_authority_failed", "unknown_key"];
    for (let invented = 0; invented < 5; invented += 1) {
      expect(await summary(await recordOf(`invented ${invented}`))).toEqual(unknown);
    }
    expect(received).toHaveLength(1);
    await clock.advance(COOLDOWN_MS);
    expect(await summary(await recordOf("invented"))).toEqual(unknown);
    expect(await summary(await recordOf("invented again"))).toEqual(unknown);
    expect(received).toHaveLength(2);
  });

  it("that cannot be requested again says nothing about a key that is not in it", async () => {
    const { summary, recordOf, clock } = await online(keySet("a"), { status: 503 });
    expect(await summary(await recordOf("a"))).toEqual(["authentic"]);
    await clock.advance(COOLDOWN_MS);
    expect(await summary(await recordOf("b"))).toEqual([
      "signer_resolution_failed",
      "key_set_unavailable",
    ]);
    expect(await summary(await recordOf("a"))).toEqual(["authentic"]);
  });

  it("is requested at most every 30 seconds for invented keys, also if the server fails", async () => {
    const { summary, recordOf, received, clock } = await online(
      keySet("a"),
      { status: 400 },
      { status: 400 },
      keySet("a", "b"),
    );
    expect(await summary(await recordOf("a"))).toEqual(["authentic"]);
    await clock.advance(COOLDOWN_MS);
    const unavailable = ["signer_resolution_failed", "key_set_unavailable"];
    expect(await summary(await recordOf("b"))).toEqual(unavailable);
    expect(await summary(await recordOf("invented"))).toEqual(unavailable);
    expect(received).toHaveLength(2);
    await clock.advance(COOLDOWN_MS);
    expect(await summary(await recordOf("b"))).toEqual(unavailable);
    await clock.advance(COOLDOWN_MS);
    expect(await summary(await recordOf("b"))).toEqual(["authentic"]);
    expect(received).toHaveLength(4);
  });

  it("is not that of another client", async () => {
    const one = await online(keySet("a"));
    const other = await online(keySet("b"));
    expect(await one.summary(await one.recordOf("a"))).toEqual(["authentic"]);
    expect(await other.summary(await other.recordOf("b"))).toEqual(["authentic"]);
    expect([one.received.length, other.received.length]).toEqual([1, 1]);
  });
});

it("a client in front of its server's path is asked below that path", async () => {
  const asked: string[] = [];
  const client = new CyclesClient({
    baseUrl: "https://cycles.example.com/base/",
    apiKey: API_KEY,
    fetch: (url) => {
      asked.push(url);
      return Promise.resolve(Response.json(keySet("2026-01").body));
    },
  });
  const serverId = "https://cycles.example.com/base/v1";
  const record = await resigned({ server_id: serverId, signer_did: didOf(serverId, "2026-01") });
  expect(await verifyEvidence(record, { client })).toMatchObject({ disposition: "authentic" });
  expect(asked).toEqual([`${serverId}/.well-known/cycles-jwks.json`]);
});
