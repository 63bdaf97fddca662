import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { CyclesEvidence } from "../../generated/evidence.js";
import { JUNK } from "../support/schema-values.js";
import { changedAt, membersOf } from "./changes.js";
import { unsignedRecords } from "./records.js";
import { Signer } from "./signing.js";
import fc from "fast-check";

// The oracle is Ajv itself, with the document of the contract.
const contract: unknown = JSON.parse(
  readFileSync(new URL("../../generated/openapi.json", import.meta.url), "utf8"),
);
const ajv = new Ajv2020.default({ strict: false, strictNumbers: true, validateFormats: false });
ajv.addSchema({ $id: "contract", ...(contract as object) });
const accepts = ajv.compile({ $ref: "contract#/components/schemas/CyclesEvidence" });

const signer = await Signer.create();
const records = await unsignedRecords(signer.hex);

describe("the validator of signed records", () => {
  it.each(Object.entries(records))(
    "agrees with Ajv on %s and on changes of it",
    async (_name, members) => {
      const record = await signer.sign(members);
      expect([CyclesEvidence(record), accepts(record)]).toEqual([true, true]);
      const paths = membersOf(record);
      fc.assert(
        fc.property(
          fc.constantFrom(...paths),
          fc.oneof(JUNK, fc.constantFrom("DENY", "ALLOW_WITH_CAPS", "ALLOW", {}, -1, true, false)),
          fc.constantFrom(
            "",
            "added",
            "reservation_id",
            "cycles_evidence",
            "caps",
            "dry_run",
            "expires_at_ms",
          ),
          (path, value, name) => {
            const changed = changedAt(record, path, (old) =>
              name !== "" && typeof old === "object" && old !== null
                ? { ...old, [name]: value }
                : value,
            );
            expect(CyclesEvidence(changed)).toBe(accepts(changed));
          },
        ),
        { numRuns: 400 },
      );
    },
  );
});
