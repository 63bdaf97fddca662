import { createParser } from "eventsource-parser";

const LF = 10;
const CR = 13;

/**
 * Takes events out of a stream of bytes. It holds back the bytes of an event until the whole event
 * has arrived. All other bytes stay as they are.
 */
export class EventBlocks {
  /** The start of an event whose end has not arrived. */
  #held: Uint8Array | undefined;
  /** The data of events to take out of the bytes that were read last. */
  readonly #extra: string[] = [];

  /** Takes out the event with this data. Call it before {@link pass} for the bytes of its end. */
  takeOut(data: string): void {
    this.#extra.push(data);
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
    const extra = this.#extra.splice(0);
    if (bytes.length === 0) return undefined;
    if (extra.length === 0) return bytes;
    const kept = blocksOf(bytes).filter((block) => !extra.includes(dataOf(block) ?? ""));
    return kept.length === 0 ? undefined : joined(kept);
  }
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

/** The data of the event in a block; undefined if it is a comment. */
function dataOf(block: Uint8Array): string | undefined {
  let found: string | undefined;
  const parser = createParser({
    onEvent: ({ data }) => {
      found = data;
    },
  });
  parser.feed(`${new TextDecoder().decode(block)}\n\n`);
  return found;
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
