import type { DialectName, LlmCall, Usage } from "../call.js";

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The parts of a call that only its dialect can read. */
export type CallReading = Omit<LlmCall, "dialect" | "provider" | "url" | "body"> & {
  /** Why the call cannot be metered, such as `background: true`; undefined if it can be. */
  readonly unmeterable?: string;
};

/** What is written into a request before it is sent. */
export interface CallLimits {
  /** The limit of output tokens for one answer, written if the request has none or a higher one. */
  readonly maxOutput: number | undefined;
  /** Tools for which this returns `false` are taken out of the request. */
  readonly allowsTool: (name: string) => boolean;
  /** Whether to ask for usage in a stream, where the format needs that. */
  readonly includeUsage: boolean;
  /** Whether the mode is `observe`, so that no limit is written. */
  readonly observes?: boolean;
}

/** What a response says about its cost. */
export interface Report {
  readonly usage: Usage;
  /** The model that responded. */
  readonly model?: string;
  readonly serviceTier?: string;
  /** The cost in US dollars that the provider reported, as decimal text. */
  readonly cost?: string;
}

/** What one event of a stream contains. */
export interface Seen {
  /** Usage so far. It replaces earlier reports. */
  readonly report?: Report;
  /** Text that the model wrote in this event: content, reasoning, tool arguments. */
  readonly text?: string;
  /** Whether this is the last event of an answer that is complete, so that its usage is final. */
  readonly isLast?: boolean;
  /** Whether the event came only because {@link CallLimits.includeUsage} asked for it. */
  readonly isExtra?: boolean;
}

/** Reads the events of one response in order. */
export interface EventReader {
  read(event: { readonly event?: string | undefined; readonly data: string }): Seen;
}

/** One wire format: how it names what is metered. All functions are pure. */
export interface Dialect {
  readonly name: DialectName;
  /**
   * Whether a POST to this path with this body is a call of this dialect.
   *
   * @param path the path of the URL with its query
   */
  matches(path: string, body: JsonObject): boolean;
  read(path: string, body: JsonObject): CallReading;
  /**
   * Returns the body with the limits written into it; the same object if nothing changes.
   *
   * @param body the body of the call, or what an earlier `limit` made of it
   */
  limit(call: LlmCall, body: JsonObject, limits: CallLimits): JsonObject;
  /** The report of a response that is not a stream; undefined if it has no usage. */
  report(body: JsonObject): Report | undefined;
  /** The text that the model wrote, of a response that is not a stream. */
  text(body: JsonObject): string;
  /** @param sent the body that was sent: what `limit` made of the body of the call */
  events(call: LlmCall, sent: JsonObject): EventReader;
}
