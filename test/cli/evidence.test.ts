import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { CyclesClient, usd } from "cycles-client";
import { EmbeddedCycles, type EvidenceOptions } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished } from "vitest";
import { program } from "../../src/cli/program.js";
import { request } from "../support/responses.js";

/** An authority that signs, and the files of a record and of its keys. */
async function signed(evidence: boolean | EvidenceOptions = true) {
  const dir = mkdtempSync(join(tmpdir(), "cycles-evidence-"));
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, evidence });
  const server = await authority.listen();
  const client = new CyclesClient(server.clientOptions("acme"));
  onTestFinished(async () => {
    rmSync(dir, { recursive: true });
    await client.close();
    await authority.close();
  });
  const guard = await client.reserve(request);
  const { evidence_id: id, cycles_evidence_url: url } = guard.reservation.cycles_evidence ?? {
    evidence_id: "",
    cycles_evidence_url: "",
  };
  await guard.release();
  const write = (name: string, text: string) => {
    const file = join(dir, name);
    writeFileSync(file, text);
    return file;
  };
  const text = await (await fetch(`${server.url}/v1/evidence/${id}`)).text();
  const keys = await (await fetch(`${server.url}/v1/.well-known/cycles-jwks.json`)).text();
  return {
    ...{ id, url, text, write, server, authority },
    record: write("record.json", text),
    jwks: write("jwks.json", keys),
    /** Runs `cycles-client evidence verify`, with the variable that names the server. */
    online: (...args: string[]) => run({ CYCLES_BASE_URL: server.url }, ...args),
    offline: (...args: string[]) => run({}, ...args),
  };
}

function run(env: Record<string, string>, ...args: string[]) {
  return runWith({ env }, ...args);
}

async function runWith(
  { env = {}, input = "" }: { env?: Record<string, string>; input?: string },
  ...args: string[]
) {
  const stdout = new PassThrough({ encoding: "utf8" });
  const stderr = new PassThrough({ encoding: "utf8" });
  const stopRequested = () => new AbortController().signal;
  const terminal = { stdout, stderr, env, stopRequested, readInput: async () => input };
  const code = await program(["evidence", "verify", ...args], terminal);
  return { code, said: String(stdout.read() ?? ""), complained: String(stderr.read() ?? "") };
}

describe("evidence verify", () => {
  it("verifies a file with a key set, without a server", async () => {
    const { offline, record, jwks, id, server, authority } = await signed();
    await server.close();
    const { code, said } = await offline(record, "--jwks", jwks);
    expect(code).toBe(0);
    const [first = "", ...members] = said.trimEnd().split("\n");
    expect(first).toMatch(/^authentic: /);
    expect(members).toEqual([
      `  id        ${id}`,
      "  artifact  reserve",
      expect.stringMatching(/^ {2}issued {4}\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      `  server    ${server.url}/v1`,
      expect.stringMatching(/^ {2}signer {4}did:cycles:[0-9a-f]{64}#1$/),
      "  kid       1",
    ]);
    expect(
      authority.requests.filter(({ operation }) => operation === "getEvidenceJwks"),
    ).toHaveLength(1);
  });

  it("verifies a file with the keys of the configured server", async () => {
    const { online, record } = await signed();
    const { code, said, complained } = await online(record);
    expect([code, said, complained]).toEqual([0, expect.stringMatching(/^authentic/), ""]);
  });

  it("requests a record by its id, in either case of its digits", async () => {
    const { online, id } = await signed();
    for (const given of [id, id.toUpperCase()]) {
      const { code, said } = await online(given);
      expect([code, said]).toEqual([0, expect.stringContaining(id)]);
    }
  });

  it("reads a record from standard input", async () => {
    const { record, text, jwks } = await signed();
    expect((await run({}, "-", "--jwks", jwks)).code).toBe(3); // nothing
    expect((await runWith({ input: text }, "-", "--jwks", jwks)).code).toBe(0);
    const keys = readFileSync(jwks, "utf8");
    expect((await runWith({ input: keys }, record, "--jwks", "-")).code).toBe(0);
  });

  it("prints one object with --json", async () => {
    const { offline, record, jwks, id, server } = await signed();
    const { said } = await offline(record, "--jwks", jwks, "--json");
    expect(JSON.parse(said)).toMatchObject({
      ...{ disposition: "authentic", trusted: true, reasons: [], kid: "1" },
      ...{ evidence_id: id, artifact_type: "reserve", server_id: `${server.url}/v1` },
    });
    expect(said.trimEnd()).not.toContain("\n");
  });

  it("exits with 3 for a record that was changed", async () => {
    const { offline, text, write, jwks } = await signed();
    const changed = write(
      "changed.json",
      text.replace('"artifact_type":"reserve"', '"artifact_type":"commit"'),
    );
    const { code, said } = await offline(changed, "--jwks", jwks);
    expect([code, said]).toEqual([3, expect.stringMatching(/^signature_invalid: .*\n {2}\w+: /)]);
    expect((await offline(write("cut.json", text.slice(9)), "--jwks", jwks)).code).toBe(3);
  });

  it("exits with 4 if the keys do not authorise the signer, or if it is another one than expected", async () => {
    const { offline, record, jwks, write } = await signed();
    const other = await signed();
    expect((await offline(record, "--jwks", write("none.json", '{"keys":[]}'))).code).toBe(4);
    expect((await offline(record, "--jwks", other.jwks)).code).toBe(3); // the same kid, another key
    const { code, said } = await offline(record, "--jwks", jwks, "--signer", "someone");
    expect([code, said]).toEqual([4, expect.stringContaining("signer_pin_mismatch")]);
  });

  it("exits with 5 if the keys cannot be obtained", async () => {
    const { online, offline, record, authority, write } = await signed();
    authority.faults.on("getEvidenceJwks").respond(503);
    const { code, said } = await online(record);
    expect([code, said]).toEqual([5, expect.stringContaining("key_set_unavailable")]);
    expect((await offline(record, "--jwks", write("bad.json", "no keys"))).code).toBe(5);
    expect((await offline(record)).code).toBe(5);
  });

  it("exits with 6 if only the binding is shown, and with 0 if the signer is the expected one", async () => {
    const { privateKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const key = await crypto.subtle.exportKey("jwk", privateKey);
    const { offline, record, text } = await signed({ key, signer: "hex" });
    const { code, said } = await offline(record);
    expect([code, said]).toEqual([6, expect.stringMatching(/^binding_only/)]);
    const { signer_did } = JSON.parse(text);
    expect((await offline(record, "--signer", signer_did)).code).toBe(0);
    expect((await offline(record, "--signer", "0".repeat(64))).code).toBe(4);
  });

  it("requests no keys from the server that a record names", async () => {
    const { authority, record } = await signed();
    const other = await signed();
    const before = authority.requests.length;
    const { code, said } = await other.online(record);
    expect([code, said]).toEqual([5, expect.stringContaining("other_server")]);
    expect(authority.requests).toHaveLength(before);
  });

  it("takes the server_id of a server that is reached at another address", async () => {
    const serverId = "https://cycles.example.com/v1";
    const { online, record } = await signed({ serverId });
    expect((await online(record)).code).toBe(5);
    expect((await online(record, "--server-id", serverId)).code).toBe(0);
  });

  it("exits with 2 if the record cannot be read or requested, and says why", async () => {
    const { online, offline, id, write, jwks } = await signed();
    for (const [result, reason] of [
      [await offline("nowhere.json"), "Cannot read nowhere.json: there is no such file"],
      [await offline(id), "the server of CYCLES_BASE_URL, which is not set"],
      [await online("a".repeat(64)), `The server has no record ${"a".repeat(64)}`],
      [await run({ CYCLES_BASE_URL: "http://127.0.0.1:1" }, id), "127.0.0.1:1"],
      [await offline(write("r.json", "{}"), "--jwks", `${jwks}.old`), "there is no such file"],
      [await offline(), "missing required argument 'file-or-id'"],
    ] as const) {
      expect([result.code, result.said, result.complained]).toEqual([
        2,
        "",
        expect.stringContaining(reason),
      ]);
    }
  });

  it("documents its exit codes, within 80 columns", async () => {
    const { code, said } = await run({}, "--help");
    expect(code).toBe(0);
    for (const line of said.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(said).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 {2}signature_invalid/s);
  });

  it("shows no control characters of a record", async () => {
    const { offline, text, write, jwks } = await signed();
    const record = write(
      "evil.json",
      text.replace('"server_id":"http', String.raw`"server_id":"\u001b[2Jhttp`),
    );
    const { said } = await offline(record, "--jwks", jwks);
    expect(said).toContain(String.raw`server    \u{1b}[2Jhttp`);
    expect((await offline(record, "--json")).said).not.toContain("\u001b");
  });
});
