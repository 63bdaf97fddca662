import { eventsOf, type StreamEvent } from "./stream-event.js";

const LF = 10;
const CR = 13;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/**
 * Takes events out of a stream of bytes. It holds back the bytes of an event until the whole event
 * has arrived. All other bytes stay as they are.
 */
export class EventBlocks {
  readonly #isExtra: (event: StreamEvent) => boolean;
  /** The start of an event whose end has not arrived. */
  #held: Uint8Array | undefined;

  /** @param isExtra whether to take out an event. Events without an empty list are not asked for. */
  constructor(isExtra: (event: StreamEvent) => boolean) {
    this.#isExtra = isExtra;
  }

  /** Returns the bytes of all whole events, without those to take out. */
  pass(bytes: Uint8Array): Uint8Array | undefined {
    const all = this.#held === undefined ? bytes : joined([this.#held, bytes]);
    const end = lastEnd(all);
    this.#held = end === all.length ? undefined : all.subarray(end);
    return this.#withoutExtra(end === all.length ? all : all.subarray(0, end));
  }

  /** Returns the bytes of an event that was not ended by an empty line. */
  rest(): Uint8Array | undefined {
    const held = this.#held ?? new Uint8Array();
    this.#held = undefined;
    return this.#withoutExtra(held);
  }

  #withoutExtra(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length === 0) return undefined;
    if (!hasEmptyList(bytes)) return bytes;
    const kept = blocksOf(bytes).filter((block) => !this.#isExtraBlock(block));
    return kept.length === 0 ? undefined : joined(kept);
  }

  #isExtraBlock(block: Uint8Array): boolean {
    return eventsOf(`${new TextDecoder().decode(block)}\n\n`).some(this.#isExtra);
  }
}

/**
 * Whether the bytes have `[]`, perhaps with white space inside. The events to take out have an empty
 * list of choices, so most events are told from them without reading them.
 */
function hasEmptyList(bytes: Uint8Array): boolean {
  let open = bytes.indexOf(OPENING_BRACKET);
  while (open !== -1) {
    let next = open + 1;
    while ((bytes[next] ?? 0) <= 0x20 && next < bytes.length) next += 1;
    if (bytes[next] === CLOSING_BRACKET) return true;
    open = bytes.indexOf(OPENING_BRACKET, open + 1);
  }
  return false;
}

/** The end of the last whole event: the position after the last empty line. */
function lastEnd(bytes: Uint8Array): number {
  for (let end = bytes.length; end > 0; end -= 1) {
    const start = lineEndBefore(bytes, end);
    if (start !== undefined && lineEndBefore(bytes, start) !== undefined) return end;
  }
  return 0;
}

/** Where the line end that stops at `end` starts; undefined if none stops there. */
function lineEndBefore(bytes: Uint8Array, end: number): number | undefined {
  const last = bytes[end - 1];
  if (last === CR) return end - 1;
  if (last !== LF) return undefined;
  return bytes[end - 2] === CR ? end - 2 : end - 1;
}

/** Splits bytes after each empty line. */
function blocksOf(bytes: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  let rest = bytes;
  for (let end = 1; end <= rest.length; end += 1) {
    // The line feed of a CRLF belongs to the line end before it.
    if (rest[end] === LF && rest[end - 1] === CR) continue;
    const start = lineEndBefore(rest, end);
    if (start === undefined || lineEndBefore(rest, start) === undefined) continue;
    blocks.push(rest.subarray(0, end));
    rest = rest.subarray(end);
    end = 0;
  }
  return rest.length === 0 ? blocks : [...blocks, rest];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
