import { isAmount } from "../../../amount.js";
import { member } from "../../../member.js";
import { rawMembers } from "../../raw-members.js";
import type { LoggedNote, LoggedSpend } from "../../spend-log.js";

/** The first line of a log. */
export interface LogHeader {
  /** The server of all its spends, as it was configured. */
  readonly baseUrl: string;
  /** The longest time that a first attempt of its owner takes, in milliseconds. */
  readonly firstAttemptMs: number;
}

/** A log is left to its owner for at least this long after its last write, in milliseconds. */
export const LEAST_SILENCE_MS = 60_000;

/**
 * How long a log must have been silent before another process takes it over, in milliseconds. By
 * then, no first attempt of its owner is in flight.
 */
export function silenceMs({ firstAttemptMs }: LogHeader): number {
  return 2 * firstAttemptMs + LEAST_SILENCE_MS;
}

/** What a log keeps for its owner: the lines that are not marked as done. */
export interface LogContents {
  readonly header: LogHeader;
  readonly spends: readonly (LoggedSpend & { readonly line: number })[];
  readonly notes: readonly LoggedNote[];
  /** Whether it has whole lines that cannot be read. A torn last line does not count. */
  readonly isDamaged: boolean;
}

const VERSION = 1;

/** Writes the first line of a log. */
export function headerLine({ baseUrl, firstAttemptMs }: LogHeader): string {
  return `{"cycles_log":${VERSION},"base_url":${JSON.stringify(baseUrl)},"first_attempt_ms":${firstAttemptMs}}\n`;
}

/** Writes the line of a spend or of a note. `n` names the line in marks. */
export function entryLine(n: number, entry: LoggedSpend | LoggedNote): string {
  const { reservationId, recordedAt, commit, reserved } = entry;
  const kind = isNote(entry) ? noteMembers(entry) : "";
  return (
    `{"n":${n},"reservation_id":${JSON.stringify(reservationId)},"at":${recordedAt}${kind}` +
    `,"commit":${commit},"reserved":${reserved}}\n`
  );
}

function noteMembers({ until, isAdopted }: LoggedNote): string {
  return `,"until":${until}${isAdopted ? `,"adopted":true` : ""}`;
}

/** Writes a mark: the log no longer keeps these lines. */
export function doneLine(lines: readonly number[]): string {
  return `{"done":[${lines.join()}]}\n`;
}

/**
 * Reads a log, line by line, so that the caller can pause between two lines. A later line of a
 * reservation replaces its earlier ones. Returns `undefined` if it is not a log of the supported
 * version.
 */
export function* readLog(bytes: Uint8Array): Generator<undefined, LogContents | undefined> {
  let header: LogHeader | undefined;
  /** The lines that are not marked as done, by number. */
  const open = new Map<number, OpenLine>();
  /** The number of the latest line of each reservation. */
  const latest = new Map<string, number>();
  let isDamaged = false;
  for (const text of linesOf(bytes)) {
    const parsed = parse(text);
    if (header === undefined) {
      header = toHeader(parsed);
      if (header === undefined) return undefined;
      continue;
    }
    const done = member(parsed, "done");
    const n = member(parsed, "n");
    const reservationId = member(parsed, "reservation_id");
    if (Array.isArray(done)) for (const line of done) open.delete(Number(line));
    else if (isWhole(n) && typeof reservationId === "string") {
      open.delete(latest.get(reservationId) ?? NaN);
      latest.set(reservationId, n);
      open.set(n, { parsed, text });
    } else isDamaged = true;
    yield;
  }
  if (header === undefined) return undefined;
  const spends: (LoggedSpend & { readonly line: number })[] = [];
  const notes: LoggedNote[] = [];
  for (const [line, written] of open) {
    const entry = readEntry(written);
    if (entry === undefined) isDamaged = true;
    else if (isNote(entry)) notes.push(entry);
    else spends.push({ ...entry, line });
    yield;
  }
  return { header, spends, notes, isDamaged };
}

/** Whether an entry is a note, and not a spend. */
export function isNote(entry: LoggedSpend | LoggedNote): entry is LoggedNote {
  return "until" in entry;
}

interface OpenLine {
  readonly parsed: unknown;
  readonly text: string;
}

/**
 * Returns the whole lines of a log; `""` stands for a line that is not UTF-8. What follows the last
 * line break was not written whole, so its commit was never sent.
 */
function* linesOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(LINE_BREAK, start);
    if (end < 0) return;
    let text = "";
    try {
      text = decoder.decode(bytes.subarray(start, end));
    } catch {
      // The reader counts it as damage.
    }
    yield text;
    start = end + 1;
  }
}

const LINE_BREAK = 0x0a;

/** Reads the first line of a log. Returns `undefined` if it is not the line of a known version. */
export function readHeader(bytes: Uint8Array): LogHeader | undefined {
  const [line] = linesOf(bytes);
  return line === undefined ? undefined : toHeader(parse(line));
}

function toHeader(parsed: unknown): LogHeader | undefined {
  const baseUrl = member(parsed, "base_url");
  const firstAttemptMs = member(parsed, "first_attempt_ms");
  if (member(parsed, "cycles_log") !== VERSION) return undefined;
  return typeof baseUrl === "string" && isWhole(firstAttemptMs)
    ? { baseUrl, firstAttemptMs }
    : undefined;
}

/** Returns an entry, with its bodies exactly as they were written; `undefined` if it is none. */
function readEntry({ parsed, text }: OpenLine): LoggedSpend | LoggedNote | undefined {
  const reservationId = member(parsed, "reservation_id");
  const recordedAt = member(parsed, "at");
  const until = member(parsed, "until");
  const body = member(parsed, "commit");
  const idempotencyKey = member(body, "idempotency_key");
  const raw = rawMembers(text);
  const commit = raw.get("commit");
  const reserved = raw.get("reserved");
  if (
    typeof reservationId !== "string" ||
    !isWhole(recordedAt) ||
    !(until === undefined || isWhole(until)) ||
    typeof idempotencyKey !== "string" ||
    !isAmount(member(body, "actual")) ||
    commit === undefined ||
    reserved === undefined ||
    member(member(parsed, "reserved"), "subject") === undefined
  ) {
    return undefined;
  }
  const spend = { reservationId, idempotencyKey, recordedAt, commit, reserved };
  if (until === undefined) return spend;
  return member(parsed, "adopted") === true
    ? { ...spend, until, isAdopted: true }
    : { ...spend, until };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
