import createClient, { type ClientOptions } from "openapi-fetch";
import type { Operation } from "../../generated/operations.js";
import { serializePath } from "./path.js";
import type { Answer, Send } from "./send.js";

/** The pieces of a request, before openapi-fetch has put them into a URL. */
export interface Parcel {
  readonly parameters: {
    readonly path?: Record<string, unknown>;
    readonly query?: Record<string, unknown>;
  };
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, the same bytes for every attempt. */
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Carries an operation out, once. */
export type Carry = (operation: Operation, parcel: Parcel) => Promise<Answer>;

/**
 * openapi-fetch over `send`, without real `Request`s and `Response`s: those cost more than all else here. The
 * light ones never leave this file; middleware belongs to the raw client.
 */
export function lightClient(baseUrl: string, send: Send): Carry {
  const client = createClient({
    baseUrl,
    Request: LightRequest,
    fetch: async ({ parcel, url, method, headers }: LightRequest) => {
      const answer = await send({
        method,
        url,
        headers,
        body: parcel.body,
        timeoutMs: parcel.timeoutMs,
        signal: parcel.signal,
      });
      return new LightResponse(answer);
    },
    pathSerializer: serializePath,
    querySerializer: { array: { style: "form", explode: false } },
    bodySerializer: (body: unknown) => body,
  } as unknown as ClientOptions);
  const request = client.request as unknown as (
    method: string,
    path: string,
    init: object,
  ) => Promise<{ response: LightResponse }>;

  return async (operation, parcel) => {
    const { response } = await request(operation.method.toLowerCase(), operation.path, {
      params: parcel.parameters,
      headers: parcel.headers,
      body: parcel.body,
      parseAs: "stream",
      parcel,
    });
    return response.answer;
  };
}

class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly parcel: Parcel;
  constructor(url: string, init: { method: string; headers: Headers; parcel: Parcel }) {
    this.url = url;
    this.method = init.method;
    this.headers = Object.fromEntries(init.headers);
    this.parcel = init.parcel;
  }
}

/** What openapi-fetch reads of a response before it hands it on. */
class LightResponse {
  readonly answer: Answer;
  readonly status: number;
  readonly ok: boolean;
  readonly body = null;
  readonly headers = { get: () => null };
  constructor(answer: Answer) {
    this.answer = answer;
    this.status = answer.status;
    this.ok = answer.status >= 200 && answer.status < 300;
  }
  text(): Promise<string> {
    return Promise.resolve("");
  }
}
