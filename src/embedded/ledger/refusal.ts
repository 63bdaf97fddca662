import type { components } from "../../../generated/paths.js";

/** The ledger says no. The command that throws it has changed nothing. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: components["schemas"]["ErrorCode"];
  readonly details: Readonly<Record<string, unknown>> | undefined;
  constructor(
    status: number,
    code: components["schemas"]["ErrorCode"],
    message: string,
    details?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}
