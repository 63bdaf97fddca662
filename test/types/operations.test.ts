import { describe, expect, expectTypeOf, it } from "vitest";
import {
  errorBody,
  type Operation,
  type OperationId,
  operations,
  type PathParameters,
  type QueryParameters,
  type RequestBody,
  type ResponseBody,
} from "../../generated/operations.js";
import type {
  CommitRequest,
  CommitResponse,
  DecisionResponse,
  ErrorResponse,
} from "../../generated/paths.js";

// The compiler checks these. `@ts-expect-error` is an error if its line compiles.
describe("the types of an operation", () => {
  it("are those of the contract", () => {
    expectTypeOf<RequestBody<"commitReservation">>().toEqualTypeOf<CommitRequest>();
    expectTypeOf<ResponseBody<"commitReservation">>().toEqualTypeOf<CommitResponse>();
    expectTypeOf<PathParameters<"commitReservation">>().toEqualTypeOf<{ reservation_id: string }>();
    expectTypeOf<QueryParameters<"getBalances">>().toHaveProperty("include_children");
    expectTypeOf<RequestBody<"getBalances">>().toEqualTypeOf<undefined>();
  });

  it("refuse a misspelt id in a path", () => {
    // @ts-expect-error the id is called reservation_id
    const path: PathParameters<"getReservation"> = { reservation: "r" };
    expect(path).toBeDefined();
  });

  it("refuse a misspelt field of a body", () => {
    // @ts-expect-error the field is called reason
    const body: RequestBody<"releaseReservation"> = { idempotency_key: "k", reasn: "done" };
    expect(body).toBeDefined();
  });

  it("refuse a parameter of an operation that takes none", () => {
    // @ts-expect-error an extend has no query
    const query: QueryParameters<"extendReservation"> = { limit: 1 };
    expect(query).toBeDefined();
  });
});

describe("a validator", () => {
  const body: unknown = { decision: "ALLOW" };

  it("proves the body of its operation", () => {
    if (!operations.decide.response(body)) throw new Error("does not fit");
    expectTypeOf(body).toEqualTypeOf<DecisionResponse>();
    expect(body.decision).toBe("ALLOW");
  });

  it("does not prove the body of another operation", () => {
    const decide = (value: unknown): DecisionResponse | undefined =>
      // @ts-expect-error this is the response of an event
      operations.createEvent.response(value) ? value : undefined;
    expect(decide(body)).toBeUndefined();
  });

  it("of requests exists only for an operation with a body", () => {
    expect(operations.commitReservation.request({})).toBe(false);
    expectTypeOf(operations.getReservation.request).toEqualTypeOf<undefined>();
    expect(operations.getReservation.request).toBeUndefined();
  });

  it("proves the body of the operation that a type parameter names", () => {
    const read = <Id extends OperationId>(id: Id, value: unknown): ResponseBody<Id> | undefined => {
      const operation: Operation<Id> = operations[id];
      return operation.response(value) ? value : undefined;
    };
    expect(read("decide", body)?.decision).toBe("ALLOW");
    expect(read("createEvent", body)).toBeUndefined();
  });

  it("can be called without knowing the operation", () => {
    const all: readonly Operation[] = Object.values(operations);
    expect(all.filter(({ response }) => response(body)).map(({ id }) => id)).toContain("decide");
  });

  it("proves the body of an error response", () => {
    const refusal: unknown = { error: "NOT_FOUND", message: "no such thing", request_id: "1" };
    expect(errorBody(refusal)).toBe(true);
    expectTypeOf(errorBody).guards.toEqualTypeOf<ErrorResponse>();
  });
});
