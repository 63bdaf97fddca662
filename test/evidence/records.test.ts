import { verifyEvidence } from "cycles-client/evidence";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { changedAt, membersOf, shuffled, textWith } from "./changes.js";
import { ISSUED_AT, SERVER_ID, unsignedRecords } from "./records.js";
import { canonical, didOf, type Members, Signer, withId } from "./signing.js";

let signer: Signer;
let jwks: { keys: ReturnType<Signer["jwk"]>[] };
const records = new Map<string, Members>();

const NAMES = [
  ...["decide", "reserve", "a dry run", "commit", "release", "error", "an error of a commit"],
];

function recordOf(name: string): Members {
  const record = records.get(name);
  if (record === undefined) throw new Error(`no record ${name}`);
  return record;
}

beforeAll(async () => {
  signer = await Signer.create();
  jwks = { keys: [signer.jwk("2026-01")] };
  for (const [name, members] of Object.entries(await unsignedRecords(signer.hex))) {
    records.set(name, await signer.sign(members));
  }
});

describe.each(NAMES)("a record of %s", (name) => {
  it("is authentic as text and as an object, and says what it is", async () => {
    const record = recordOf(name);
    const { payload: _payload, ...claims } = record;
    for (const evidence of [JSON.stringify(record), record]) {
      const result = await verifyEvidence(evidence, { jwks });
      expect(result).toMatchObject({
        disposition: "authentic",
        trusted: true,
        reasons: [],
        evidenceId: claims["evidence_id"],
        artifactType: claims["artifact_type"],
        serverId: SERVER_ID,
        signer: signer.hex,
        kid: "2026-01",
        issuedAtMs: ISSUED_AT,
      });
      expect(result.envelope).toEqual(record);
    }
  });

  it("is authentic if its signer is a did:cycles", async () => {
    const did = didOf(SERVER_ID, "2026-01");
    const record = await signer.sign({ ...recordOf(name), signer_did: did });
    expect(await verifyEvidence(record, { jwks })).toMatchObject({
      disposition: "authentic",
      signer: did,
      kid: "2026-01",
    });
  });

  it("is authentic in whatever order its members are, at any depth", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.nat()),
        fc.constantFrom("", " ", "\n\t"),
        async (seeds, space) => {
          const text = JSON.stringify(shuffled(recordOf(name), seeds), null, space);
          expect(await verifyEvidence(text, { jwks })).toMatchObject({ disposition: "authentic" });
        },
      ),
      { numRuns: 20 },
    );
  });

  it("is not, if any value in it is changed", async () => {
    const record = recordOf(name);
    const paths = membersOf(record);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.jsonValue({ maxDepth: 2 }),
        async (path, value) => {
          const changed = changedAt(record, path, () => value);
          fc.pre(canonical(changed) !== canonical(record));
          expectInvalid(await verifyEvidence(JSON.stringify(changed), { jwks }), path);
        },
      ),
      { numRuns: 4 * paths.length },
    );
  });

  it("is not, if any value in it is changed a little", async () => {
    const record = recordOf(name);
    for (const path of membersOf(record)) {
      const changed = changedAt(record, path, nearby);
      expectInvalid(await verifyEvidence(JSON.stringify(changed), { jwks }), path);
    }
  });

  it("is not, if any value is changed and the id is made to fit", async () => {
    const record = recordOf(name);
    for (const path of membersOf(record)) {
      if (path === "/evidence_id" || path === "/signature") continue;
      const changed = withId(changedAt(record, path, nearby));
      const result = await verifyEvidence(JSON.stringify(changed), { jwks });
      expect(result.trusted, path).toBe(false);
      expect(CODES_OF_FORGERIES, path).toContain(result.reasons[0]?.code);
    }
  });

  it("is not, if any member of it is removed", async () => {
    const record = recordOf(name);
    for (const path of membersOf(record)) {
      const removed = changedAt(record, path, () => undefined);
      expectInvalid(await verifyEvidence(JSON.stringify(removed), { jwks }), path);
    }
  });

  it.each([
    ["null", null],
    ["a text", "x"],
    ["an object", {}],
  ])("is not, if %s is added to any of its objects", async (_name, value) => {
    const record = recordOf(name);
    for (const path of ["", ...membersOf(record)]) {
      const added = changedAt(record, path, (old) =>
        typeof old === "object" && old !== null && !Array.isArray(old)
          ? { ...old, added: value }
          : Array.isArray(old)
            ? [...(old as unknown[]), value]
            : old,
      );
      if (canonical(added) === canonical(record)) continue;
      expectInvalid(await verifyEvidence(JSON.stringify(added), { jwks }), path);
    }
  });

  it("is not, if any member of it occurs twice in the text, even with the same value", async () => {
    const record = recordOf(name);
    for (const path of membersOf(record).filter((path) => !/\/\d+$/.test(path))) {
      for (const spelling of ["plain", "escaped"] as const) {
        const text = textWith(record, path, spelling);
        expect(JSON.parse(text)).toEqual(record);
        expect(await verifyEvidence(text, { jwks }), path).toMatchObject({
          disposition: "signature_invalid",
          trusted: false,
          reasons: [{ code: "duplicate_member", path }],
        });
      }
    }
  });

  it("is not, if another key signed it", async () => {
    const other = await Signer.create();
    const record = { ...recordOf(name), signature: await other.signature(recordOf(name)) };
    expect(await verifyEvidence(record, { jwks })).toMatchObject({
      disposition: "signature_invalid",
      reasons: [{ code: "signature_mismatch" }],
    });
  });
});

/** The first reason for a record whose content is not what its id says. */
const CODES_OF_CHANGES = [
  ...["evidence_id_mismatch", "signature_mismatch", "payload_mismatch", "unknown_schema_version"],
  ...["missing_member", "unknown_member", "invalid_member", "inexact_number", "invalid_text"],
];

/** And for one whose id fits its content, but not its signature. */
const CODES_OF_FORGERIES = [
  ...["signature_mismatch", "payload_mismatch", "unknown_schema_version", "invalid_member"],
  ...["unknown_member", "missing_member", "unsupported_signer"],
];

function expectInvalid(result: Awaited<ReturnType<typeof verifyEvidence>>, path: string): void {
  expect(result, path).toMatchObject({ disposition: "signature_invalid", trusted: false });
  expect(CODES_OF_CHANGES, path).toContain(result.reasons[0]?.code);
}

/** Another value of the same type. */
function nearby(value: unknown): unknown {
  if (typeof value === "string") return value === "" ? "x" : turnedLast(value);
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (value === null) return false;
  return Array.isArray(value)
    ? [...(value as unknown[])].reverse().concat(0)
    : { ...value, more: 1 };
}

function turnedLast(text: string): string {
  // Characters, not code units, so that the text stays valid.
  const characters = Array.from(text);
  return [...characters.slice(0, -1), characters.at(-1) === "1" ? "2" : "1"].join("");
}
