import type { Command } from "commander";
import { createRawClient } from "../../index.js";
import { type EvidenceVerification, verifyEvidence } from "../../evidence/index.js";
import { type Output, safeJson, type Terminal } from "../terminal.js";
import { readText } from "../text-file.js";
import { idOf, requestRecord } from "./request.js";
import { toJson, toLines } from "./report.js";

const HELP = `
The record is a file, - for standard input, or the id of a record (64 hex
digits), which is requested from the server that CYCLES_BASE_URL names. Write
./NAME for a file whose name looks like an id.

The keys are those of --jwks, which needs no server, or else those that the
server of CYCLES_BASE_URL publishes. They are never requested from an address
that the record names.

Exit codes:
  0  authentic, or valid and signed by the signer of --signer
  1  failure
  2  an option or a file cannot be used, or the record cannot be requested
  3  signature_invalid: it is not what was signed, or it is no valid record
  4  signer_authority_failed: the server's keys do not authorise the signer, or
     it is not the one of --signer
  5  signer_resolution_failed: the keys could not be obtained
  6  binding_only: the signature is valid, but it is not known whose it is

Examples:
  $ cycles-client evidence verify record.json --jwks cycles-jwks.json
  $ cycles-client evidence verify --json - < record.json | jq .disposition`;

interface VerifyOptions {
  readonly jwks?: string;
  readonly serverId?: string;
  readonly signer?: string;
  readonly json?: boolean;
}

/** `cycles-client evidence verify FILE|ID`: whether a signed record can be relied on. */
export function addEvidence(
  program: Command,
  {
    output,
    env,
    readInput = () => Promise.resolve(""),
    exitWith,
  }: Pick<Terminal, "env" | "readInput"> & {
    readonly output: Output;
    /** Sets the exit code of a command that has run. */
    readonly exitWith: (code: number) => void;
  },
): void {
  program
    .command("evidence")
    .summary("verify signed records of what a server decided")
    .description("Verify signed records of what a server decided.")
    .command("verify")
    .summary("verify a signed record")
    .description(
      "Verify a signed record: its content against its id, its signature against its signer's " +
        "key, and the key against the keys of the server that issued it.",
    )
    .argument("<file-or-id>", "the file of the record, - for standard input, or its id")
    .option("-j, --jwks <file>", "the key set of the server that issued the record")
    .option("--server-id <url>", "the server_id to which the keys belong")
    .option("--signer <did>", "the signer that you expect, as records name it")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (given: string, { jwks, serverId, signer, json = false }: VerifyOptions) => {
      const baseUrl = env["CYCLES_BASE_URL"]?.trim();
      const client = baseUrl ? { raw: createRawClient({ baseUrl }) } : undefined;
      const read = (file: string) => (file === "-" ? readInput() : readText(file));
      const id = idOf(given);
      const text = id === undefined ? await read(given) : await requestRecord(id, client);
      const verification = await verifyEvidence(text, {
        ...(jwks === undefined ? client && { client } : { jwks: await read(jwks) }),
        ...(serverId !== undefined && { serverId }),
        ...(signer !== undefined && { expectedSigner: signer }),
        ...(id !== undefined && { expectedId: id }),
      });
      if (json) output.line(safeJson(toJson(verification)));
      else for (const line of toLines(verification)) output.line(line);
      exitWith(exitCodeOf(verification));
    });
}

function exitCodeOf({ trusted, disposition, signerPinMatched }: EvidenceVerification): number {
  if (trusted) return 0;
  switch (disposition) {
    case "signature_invalid":
      return 3;
    case "signer_authority_failed":
    case "authentic": // of another signer than the expected one
      return 4;
    case "signer_resolution_failed":
      return 5;
    case "binding_only":
      return signerPinMatched === false ? 4 : 6;
    default:
      return disposition satisfies never;
  }
}
