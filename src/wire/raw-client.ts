import type {
  ErrorResponse,
  FilterKeys,
  HttpMethod,
  IsOperationRequestBodyOptional,
  OperationRequestBodyContent,
  PathsWithMethod,
  Readable,
  RequiredKeysOf,
  SuccessResponse,
  Writable,
} from "openapi-typescript-helpers";
import type { paths } from "../../generated/paths.js";
import type { WebFetch, WebRequest, WebRequestInit, WebResponse } from "../web.js";

// openapi-fetch's declarations need the globals of `lib.dom`. These types describe the same client
// with the platform's types, so that a program also compiles without `lib.dom`.

/** A middleware of openapi-fetch: at least one of the three functions. */
export type RawMiddleware = RawHooks &
  (
    | Required<Pick<RawHooks, "onRequest">>
    | Required<Pick<RawHooks, "onResponse">>
    | Required<Pick<RawHooks, "onError">>
  );

type Eventual<T> = T | Promise<T>;
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a middleware may return nothing
type Nothing = void | undefined;

interface RawHooks {
  /** Returns another request, or the response itself, or nothing. */
  onRequest?: (call: RawCall) => Eventual<WebRequest | WebResponse | Nothing>;
  /** Returns another response, or nothing. */
  onResponse?: (call: RawCall & { response: WebResponse }) => Eventual<WebResponse | Nothing>;
  /** Returns a response, another error, or nothing. */
  onError?: (call: RawCall & { error: unknown }) => Eventual<WebResponse | Error | Nothing>;
}

/** The request that a middleware receives, and its context. */
export interface RawCall {
  request: WebRequest;
  /** The path as in the contract, with its braces. */
  readonly schemaPath: string;
  readonly params: {
    query?: Record<string, unknown>;
    header?: Record<string, unknown>;
    path?: Record<string, unknown>;
    cookie?: Record<string, unknown>;
  };
  /** Identifies this request. */
  readonly id: string;
  /** The options of the client and the call. */
  readonly options: {
    readonly baseUrl: string;
    readonly parseAs: ParseAs;
    readonly querySerializer: (query: Record<string, unknown>) => string;
    readonly bodySerializer: (body: unknown) => unknown;
    readonly pathSerializer: PathSerializer;
    readonly fetch: WebFetch;
  };
}

type PathSerializer = (path: string, parameters: Record<string, unknown>) => string;

interface QueryStyle {
  array?: { style: "form" | "spaceDelimited" | "pipeDelimited"; explode: boolean };
  object?: { style: "form" | "deepObject"; explode: boolean };
  allowReserved?: boolean;
}

type HeaderValue = string | number | boolean | (string | number | boolean)[] | null | undefined;

type ParseAs = "json" | "text" | "blob" | "arrayBuffer" | "stream";

type Parsed<Body, Init> = Init extends { parseAs: infer As extends ParseAs }
  ? {
      json: Body;
      text: string;
      blob: WebResponse extends { blob(): Promise<infer Binary> } ? Binary : unknown;
      arrayBuffer: ArrayBuffer;
      stream: WebResponse extends { readonly body: infer Stream } ? Stream : unknown;
    }[As]
  : Body;

type Params<Operation> = Operation extends { parameters: infer Parameters }
  ? RequiredKeysOf<Parameters> extends never
    ? { params?: Parameters }
    : { params: Parameters }
  : { params?: { query?: Record<string, unknown> } };

type Body<Operation> =
  Writable<OperationRequestBodyContent<Operation>> extends never
    ? { body?: never }
    : IsOperationRequestBodyOptional<Operation> extends true
      ? { body?: Writable<OperationRequestBodyContent<Operation>> }
      : { body: Writable<OperationRequestBodyContent<Operation>> };

type Options<Operation> = Params<Operation> &
  Body<Operation> & {
    baseUrl?: string;
    parseAs?: ParseAs;
    headers?: Required<WebRequestInit>["headers"] | Record<string, HeaderValue>;
    middleware?: RawMiddleware[];
    fetch?: (request: WebRequest) => Promise<WebResponse>;
    querySerializer?: ((query: Record<string, unknown>) => string) | QueryStyle;
    bodySerializer?: (body: unknown) => unknown;
    pathSerializer?: PathSerializer;
  } & Omit<WebRequestInit, "body" | "headers">;

type InitOf<Operation> =
  RequiredKeysOf<Options<Operation>> extends never
    ? Options<Operation> | undefined
    : Options<Operation>;

/** Runtimes have additional options, such as Next.js's `next`. */
type Open<Init> = Init & Record<string, unknown>;

type Rest<Init> = RequiredKeysOf<Init> extends never ? [Open<Init>?] : [Open<Init>];

type Responses<Operation> = Operation extends {
  responses: infer ByStatus extends Record<string | number, unknown>;
}
  ? ByStatus
  : Record<number, never>;

type Result<Operation, Init> =
  | {
      data: Parsed<Readable<SuccessResponse<Responses<Operation>>>, Init>;
      error?: never;
      response: WebResponse;
    }
  | {
      data?: never;
      error: Readable<ErrorResponse<Responses<Operation>>>;
      response: WebResponse;
    };

type RawMethod<Paths extends object, Method extends HttpMethod> = <
  Path extends PathsWithMethod<Paths, Method>,
  Init extends InitOf<FilterKeys<Paths[Path], Method>>,
>(
  path: Path,
  ...init: Rest<Init>
) => Promise<Result<FilterKeys<Paths[Path], Method>, Init>>;

/** A plain openapi-fetch client, typed by the contract. */
export interface RawClient<Paths extends object = paths> {
  readonly GET: RawMethod<Paths, "get">;
  readonly PUT: RawMethod<Paths, "put">;
  readonly POST: RawMethod<Paths, "post">;
  readonly DELETE: RawMethod<Paths, "delete">;
  readonly OPTIONS: RawMethod<Paths, "options">;
  readonly HEAD: RawMethod<Paths, "head">;
  readonly PATCH: RawMethod<Paths, "patch">;
  readonly TRACE: RawMethod<Paths, "trace">;
  /** Sends a request with the given method. */
  readonly request: <
    Method extends HttpMethod,
    Path extends PathsWithMethod<Paths, Method>,
    Init extends InitOf<FilterKeys<Paths[Path], Method>>,
  >(
    method: Method,
    path: Path,
    ...init: Rest<Init>
  ) => Promise<Result<FilterKeys<Paths[Path], Method>, Init>>;
  /** Adds middleware. */
  use(...middleware: RawMiddleware[]): void;
  /** Removes middleware. */
  eject(...middleware: RawMiddleware[]): void;
}
