import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ApiPromise, type CyclesError } from "cycles-client";
import { describe, expect, it } from "vitest";
import { detail, refusal, request, reservation } from "../support/responses.js";
import { against, rejection, scripted } from "../support/server.js";

describe("the promise that a call returns", () => {
  it("sends one request, even if it is awaited several times and in different ways", async () => {
    const { client, received } = await against([{ body: reservation }]);
    const call = client.createReservation(request);
    const [body, { data }, again, chained] = await Promise.all([
      call,
      call.withResponse(),
      call,
      call.then((value) => value.reservation_id),
    ]);
    expect(body).toEqual(reservation);
    expect(data).toBe(body);
    expect(again).toBe(body);
    expect(chained).toBe("res-1");
    expect(received).toHaveLength(1);
  });

  it("sends its request at once, before it is awaited", async () => {
    const { client, received } = await against([{ body: reservation }]);
    const call = client.createReservation(request);
    await expect.poll(() => received.length, { interval: 1, timeout: 30_000 }).toBe(1);
    await call;
  });

  it("gives status, headers and ids through withResponse", async () => {
    const headers = {
      "x-request-id": "req-1",
      "x-cycles-trace-id": "d".repeat(32),
      "x-cycles-tenant": "acme",
      "x-ratelimit-remaining": "7",
      "x-ratelimit-reset": "1700000000",
      "x-other": "kept",
    };
    const { client } = await against([{ body: detail, headers }]);
    const whole = await client.getReservation("res-1").withResponse();
    expect(whole).toMatchObject({
      data: detail,
      status: 200,
      requestId: "req-1",
      traceId: "d".repeat(32),
      tenant: "acme",
      rateLimit: { remaining: 7, reset: 1_700_000_000 },
      inexact: [],
    });
    expect(whole.headers.get("X-Other")).toBe("kept");
  });

  it.each([
    [{ "x-ratelimit-remaining": "-1", "x-ratelimit-reset": "0" }, undefined],
    [{}, undefined],
    [{ "x-ratelimit-remaining": "0" }, { remaining: 0, reset: undefined }],
  ])("reads the rate limit from the headers %j", async (headers, rateLimit) => {
    const { client } = await against([{ body: detail, headers }]);
    const whole = await client.getReservation("res-1").withResponse();
    expect(whole).toMatchObject({ requestId: undefined, traceId: undefined, tenant: undefined });
    expect(whole.rateLimit).toEqual(rateLimit);
  });

  it("is a Promise with catch and finally", async () => {
    const { client } = await against([{ body: detail }, refusal(404, "NOT_FOUND")]);
    const good = client.getReservation("res-1");
    expect(good).toBeInstanceOf(Promise);
    expect(good).toBeInstanceOf(ApiPromise);
    let ended = 0;
    expect(await good.finally(() => (ended += 1))).toEqual(detail);
    const bad = client.getReservation("res-1");
    expect(await bad.catch((error: unknown) => (error as CyclesError).code)).toBe("NOT_FOUND");
    await rejection(bad.finally(() => (ended += 1)));
    expect(ended).toBe(2);
  });

  it("rejects with the same error directly and through withResponse, after one request", async () => {
    const { client, received } = await against([refusal(404, "NOT_FOUND")]);
    const call = client.getReservation("res-1");
    const errors = await Promise.all([rejection(call), rejection(call.withResponse())]);
    expect(errors[0]).toBe(errors[1]);
    expect(received).toHaveLength(1);
  });
});

describe("an unhandled rejection", () => {
  const entry = new URL("../../dist/src/index.js", import.meta.url);
  const { href } = entry;

  /** Runs a program against a server that refuses every request. */
  async function program(source: string) {
    const refused = refusal(409, "BUDGET_EXCEEDED");
    const server = await scripted(refused, refused, refused, refused);
    const text = `
      import { CyclesClient } from ${JSON.stringify(href)};
      process.on("unhandledRejection", (error) => console.log("unhandled", error.code));
      const client = new CyclesClient({ baseUrl: ${JSON.stringify(server.url)}, logLevel: "off" });
      const request = ${JSON.stringify({ ...request, subject: { tenant: "acme" } })};
      ${source}
      await new Promise((resolve) => setTimeout(resolve, 20));
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((resolve) => child.on("close", resolve));
    return { output, code, requests: server.received.length };
  }

  it("does not occur if the error of a failing withResponse is caught", async () => {
    const ended = await program(`
      try {
        await client.createReservation(request).withResponse();
      } catch (error) {
        console.log("caught", error.code);
      }
    `);
    expect(ended).toEqual({ output: "caught BUDGET_EXCEEDED\n", code: 0, requests: 1 });
  });

  it("does not occur if await, catch, finally or several of them handle the error", async () => {
    const ended = await program(`
      const caught = (error) => console.log("caught", error.code);
      await client.createReservation(request).catch(caught);
      await client.createReservation(request).finally(() => {}).catch(caught);
      const call = client.createReservation(request);
      await Promise.allSettled([call, call.withResponse(), call.then(() => {})]);
      await client.listReservations().withResponse().catch(caught);
    `);
    expect(ended).toEqual({ output: "caught BUDGET_EXCEEDED\n".repeat(3), code: 0, requests: 4 });
  });

  it("occurs once if a failing call is never awaited, as with any promise", async () => {
    const ended = await program("client.createReservation(request);");
    expect(ended).toMatchObject({ output: "unhandled BUDGET_EXCEEDED\n", code: 0 });
  });
});
