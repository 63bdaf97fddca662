import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  doneLine,
  entryLine,
  headerLine,
  type LogContents,
  readHeader,
  readLog,
  silenceMs,
} from "../../../../src/settlement/journal/log/lines.js";
import type { LoggedNote, LoggedSpend } from "../../../../src/settlement/spend-log.js";

const header = { baseUrl: "http://cycles.invalid/", firstAttemptMs: 7_000 };
const reserved = '{"subject":{"tenant":"acme"},"action":{"kind":"k","name":"n"}}';

function spend(reservationId: string, key = "k", amount = 1): LoggedSpend {
  const commit = `{"idempotency_key":"${key}","actual":{"unit":"TOKENS","amount":${amount}}}`;
  return { reservationId, idempotencyKey: key, recordedAt: 5, commit, reserved };
}

function note(reservationId: string, key = "k"): LoggedNote {
  return { ...spend(reservationId, key), until: 9 };
}

function read(...lines: readonly (string | Uint8Array)[]): LogContents | undefined {
  const bytes = Buffer.concat(lines.map((line) => Buffer.from(line)));
  const reading = readLog(bytes);
  for (;;) {
    const { done, value } = reading.next();
    if (done === true) return value;
  }
}

/** What a log keeps, in short. */
function kept(...lines: readonly (string | Uint8Array)[]) {
  const contents = read(headerLine(header), ...lines);
  return {
    spends: contents?.spends.map(({ reservationId, idempotencyKey, line }) => [
      line,
      reservationId,
      idempotencyKey,
    ]),
    notes: contents?.notes.map(({ reservationId, idempotencyKey }) => [
      reservationId,
      idempotencyKey,
    ]),
    isDamaged: contents?.isDamaged,
  };
}

describe("a log", () => {
  it("is read back as it was written, with any ids and bodies", () => {
    const text = fc.string({ unit: "binary" });
    const commit = fc
      .tuple(text, fc.nat(), fc.json())
      .map(
        ([key, amount, json]) =>
          [
            key,
            `{"idempotency_key":${JSON.stringify(key)},"actual":{"unit":"TOKENS","amount":${amount}},"metadata":{"a":${json}}}`,
          ] as const,
      );
    const entry = fc
      .record({
        reservationId: text,
        commit,
        recordedAt: fc.maxSafeNat(),
        reserved: fc.json().map((json) => `{"action":${json},"subject":{}}`),
        until: fc.option(fc.maxSafeNat(), { nil: undefined }),
      })
      .map(({ commit: [idempotencyKey, body], until, ...rest }) => ({
        ...rest,
        idempotencyKey,
        commit: body,
        ...(until === undefined ? {} : { until }),
      }));
    const entries = fc.uniqueArray(entry, { selector: ({ reservationId }) => reservationId });
    fc.assert(
      fc.property(entries, fc.webUrl(), fc.maxSafeNat(), (written, baseUrl, firstAttemptMs) => {
        const lines = written.map((each, index) => entryLine(index + 1, each));
        const contents = read(headerLine({ baseUrl, firstAttemptMs }), ...lines);
        expect(contents).toEqual({
          header: { baseUrl, firstAttemptMs },
          spends: written.flatMap((each, index) =>
            "until" in each ? [] : [{ ...each, line: index + 1 }],
          ),
          notes: written.filter((each) => "until" in each),
          isDamaged: false,
        });
      }),
    );
  });

  it("has one line for each entry, whatever its texts are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (id) => {
        expect(entryLine(1, spend(id)).indexOf("\n")).toBe(entryLine(1, spend(id)).length - 1);
      }),
    );
  });

  it("keeps what was written whole, wherever the write ended", () => {
    const lines = [entryLine(1, spend("a")), entryLine(2, spend("é")), entryLine(3, spend("c"))];
    const start = Buffer.from(headerLine(header));
    const body = Buffer.from(lines.join(""));
    for (let length = 0; length <= body.length; length += 1) {
      let whole = 0;
      let end = 0;
      for (const line of lines) {
        end += Buffer.byteLength(line);
        if (end <= length) whole += 1;
      }
      const contents = read(start, body.subarray(0, length));
      expect([contents?.spends.length, contents?.isDamaged]).toEqual([whole, false]);
    }
  });

  it.each<[string, readonly string[], ReturnType<typeof kept>]>([
    [
      "keeps all its lines if there is no mark",
      [entryLine(1, spend("a")), entryLine(2, note("b"))],
      { spends: [[1, "a", "k"]], notes: [["b", "k"]], isDamaged: false },
    ],
    [
      "does not keep marked lines",
      [
        entryLine(1, spend("a")),
        entryLine(2, spend("b")),
        entryLine(3, note("c")),
        doneLine([1, 3]),
      ],
      { spends: [[2, "b", "k"]], notes: [], isDamaged: false },
    ],
    [
      "ignores marks of lines that it does not have",
      [doneLine([7]), entryLine(1, spend("a")), doneLine([])],
      { spends: [[1, "a", "k"]], notes: [], isDamaged: false },
    ],
    [
      "keeps the later spend of a reservation",
      [entryLine(1, spend("a", "first")), entryLine(2, spend("a", "second"))],
      { spends: [[2, "a", "second"]], notes: [], isDamaged: false },
    ],
    [
      "does not keep the earlier spend of a reservation whose later one is done",
      [entryLine(1, spend("a", "first")), entryLine(2, spend("a", "second")), doneLine([2])],
      { spends: [], notes: [], isDamaged: false },
    ],
    [
      "keeps the later spend if the earlier one is marked after it",
      [entryLine(1, spend("a", "first")), entryLine(2, spend("a", "second")), doneLine([1])],
      { spends: [[2, "a", "second"]], notes: [], isDamaged: false },
    ],
    [
      "keeps a spend in place of the notes of its reservation",
      [entryLine(1, note("a", "n1")), entryLine(2, note("a", "n2")), entryLine(3, spend("a", "s"))],
      { spends: [[3, "a", "s"]], notes: [], isDamaged: false },
    ],
    [
      "keeps the last note of a reservation",
      [entryLine(1, note("a", "n1")), entryLine(2, note("a", "n2"))],
      { spends: [], notes: [["a", "n2"]], isDamaged: false },
    ],
    [
      "ignores members that it does not know, for versions that add some",
      [entryLine(1, spend("a")).replace("{", '{"new":[1],'), '{"done":[2],"new":1}\n'],
      { spends: [[1, "a", "k"]], notes: [], isDamaged: false },
    ],
  ])("%s", (_, lines, expected) => {
    expect(kept(...lines)).toEqual(expected);
  });

  const good = entryLine(1, spend("a"));
  const bad = entryLine(2, spend("b"));
  it.each<[string, string | Uint8Array]>([
    ["garbage", "!!!\n"],
    ["an empty line", "\n"],
    ["zeros", Buffer.concat([Buffer.alloc(64), Buffer.from("\n")])],
    ["bytes that are not UTF-8", Buffer.from(bad.replace('"b"', '"\u00e9"'), "latin1")],
    ["half a line", `${bad.slice(0, 40)}\n`],
    ["another JSON value", "[1]\n"],
    ["no number", bad.replace('"n":2', '"n":"2"')],
    ["a negative number", bad.replace('"n":2', '"n":-2')],
    ["no reservation", bad.replace("reservation_id", "id")],
    ["no time", bad.replace('"at":5', '"at":5.5')],
    ["no key", bad.replace("idempotency_key", "key")],
    ["no amount", bad.replace('"amount":1', '"amount":"1"')],
    ["no commit", bad.replace('"commit"', '"x"')],
    ["no request", bad.replace('"reserved"', '"x"')],
    ["a request without a subject", bad.replace('"subject"', '"x"')],
    ["an end that is no time", entryLine(2, note("b")).replace('"until":9', '"until":null')],
  ])("is damaged by a line with %s, and keeps the others", (_, line) => {
    const expected = {
      spends: [
        [1, "a", "k"],
        [3, "c", "k"],
      ],
      notes: [],
      isDamaged: true,
    };
    expect(kept(good, line, entryLine(3, spend("c")))).toEqual(expected);
  });

  it.each<[string, string | Uint8Array]>([
    ["is empty", ""],
    ["has only half a header", headerLine(header).slice(0, -1)],
    ["has another version", headerLine(header).replace(":1,", ":2,")],
    ["has no base URL", headerLine(header).replace("base_url", "url")],
    ["has no time of a first attempt", headerLine(header).replace("7000", '"7 s"')],
    ["starts with another line", good],
    ["is not UTF-8", Buffer.from([0xff, 0xfe, 0x0a])],
  ])("is not read if it %s", (_, start) => {
    expect(read(start)).toBeUndefined();
    expect(readHeader(Buffer.from(start))).toBeUndefined();
  });

  it("is left to its owner for two first attempts and a minute", () => {
    expect(readHeader(Buffer.from(headerLine(header)))).toEqual(header);
    expect(silenceMs(header)).toBe(74_000);
  });
});
