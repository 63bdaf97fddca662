import type { CallAccount } from "./account.js";
import type { Answer, Pricing } from "./answer.js";
import { BodyAnswer } from "./body-answer.js";
import { isNeverConnected } from "./connection.js";
import { denialResponse } from "./denial.js";
import type { JsonObject } from "./dialects/dialect.js";
import { EventAnswer } from "./event-answer.js";
import { marked, type PlatformFetch } from "./mark.js";
import { hasExtraEvent, type Meter } from "./meter.js";
import { changed, type FetchArguments, type OutgoingRequest } from "./outgoing.js";
import type { Recognition } from "./recognise.js";
import { RunningCall } from "./running-call.js";
import { billed, type Charging, estimated, partial } from "./spend.js";

type Found = Exclude<Recognition, { kind: "free" }>;

/** A call whose budget is held. */
interface Admitted {
  readonly account: CallAccount;
  /** Starts the time of the call. */
  readonly charge: () => Charging;
}

/** Reserves for a call, sends it, and settles it when its answer has ended. */
export async function meteredCall(
  meter: Meter,
  args: FetchArguments,
  request: OutgoingRequest,
  given: Found,
  send: PlatformFetch,
): Promise<Response> {
  const found = request.isSigned ? signed(given) : given;
  const admitted = await admit(meter, request, found);
  if (admitted === "free") return send(...args);
  if (admitted instanceof Response) return admitted;

  const { account, charge } = admitted;
  const body = limitedBody(meter, found, account);
  const { hold } = account;
  const signal =
    request.signal === undefined ? hold.signal : AbortSignal.any([request.signal, hold.signal]);
  if (signal.aborted) {
    account.settle(undefined);
    throw signal.reason;
  }
  const charging = charge();
  const init = marked(
    changed(args, { body: body === found.call?.body ? undefined : body, signal }),
  );
  let response: Response;
  try {
    response = await send(args[0], init);
  } catch (error) {
    account.settle(isNeverConnected(error) ? undefined : estimated(charging));
    // A caller who has given the call up does not wait. An SDK that tries again does.
    if (!isAborted(signal)) await account.settled();
    throw error;
  }
  return answered(meter, account, charging, found, body, response, signal);
}

function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}

/** Holds budget for a call. Returns the response to a call that must not be sent. */
async function admit(
  meter: Meter,
  { url, signal }: OutgoingRequest,
  found: Found,
): Promise<Admitted | Response | "free"> {
  const { call } = found;
  try {
    const bound = meter.bound(url, call, found.kind === "refused" ? found.reason : undefined);
    if (bound.amount.amount === 0) return "free";
    const account = await meter.reserve(new URL(url).pathname, call, bound.amount, signal);
    return { account, charge: () => meter.charging(call, bound) };
  } catch (error) {
    // The caller has given the call up, and gets the reason as from any `fetch`.
    if (signal?.aborted === true) throw error;
    return meter.replacement(error, call) ?? denialResponse(error);
  }
}

function signed({ call }: Found): Found {
  const reason =
    "The request is signed, so that no limit can be written into it. Send it with a client that is not metered, or set `unpriced` to an amount.";
  return { kind: "refused", call, reason };
}

/** The body to send; undefined if it is not known. */
function limitedBody(meter: Meter, found: Found, account: CallAccount): JsonObject | undefined {
  if (found.kind === "refused") return found.call?.body;
  const { call, dialect } = found;
  return dialect.limit(call, call.body, meter.limits(call, account));
}

/** The response that the caller gets: that of the provider, with a body that is metered. */
async function answered(
  meter: Meter,
  account: CallAccount,
  charging: Charging,
  found: Found,
  sent: JsonObject | undefined,
  response: Response,
  signal: AbortSignal,
): Promise<Response> {
  const expected = response.ok ? () => estimated(charging) : undefined;
  // Some implementations of `fetch` have bodies of another kind, which cannot be read here.
  if (!(response.body instanceof ReadableStream) || found.kind === "refused") {
    account.settle(expected?.());
    await account.settled();
    return response;
  }
  const { answer, isChanged } = answerTo(found, charging, sent ?? found.call.body, response);
  const { clock, idleTimeout } = meter;
  const isContent = (bytes: Uint8Array) => bytes.length > 0;
  const body = RunningCall.stream<Uint8Array>(
    { account, answer, isContent, expected, clock, idleTimeout, signal },
    response.body,
  );
  return withBody(response, body, isChanged);
}

function answerTo(
  { call, dialect }: Extract<Found, { kind: "call" }>,
  charging: Charging,
  sent: JsonObject,
  response: Response,
): { readonly answer: Answer; readonly isChanged: boolean } {
  const pricing: Pricing = {
    report: (body) => dialect.report(body),
    text: (body) => dialect.text(body),
    billed: (report) => billed(charging, report),
    partial: (report, text) => partial(charging, report, text),
    estimated: () => estimated(charging),
  };
  const events = () => dialect.events(call, sent);
  const contentType = response.headers.get("content-type") ?? "";
  const isStream =
    contentType.includes("text/event-stream") || (call.stream && !contentType.includes("json"));
  if (!response.ok || !isStream)
    return { answer: new BodyAnswer(events, pricing, !response.ok), isChanged: false };
  const isChanged = hasExtraEvent(call, sent);
  return { answer: new EventAnswer(events, pricing, isChanged), isChanged };
}

/** A response as it was, with another body. */
function withBody(
  response: Response,
  body: ReadableStream<Uint8Array>,
  isChanged: boolean,
): Response {
  const headers = new Headers(response.headers);
  if (isChanged) headers.delete("content-length");
  const { status, statusText, url, redirected, type } = response;
  return Object.defineProperties(new Response(body, { status, statusText, headers }), {
    url: { value: url },
    redirected: { value: redirected },
    type: { value: type },
  });
}
