import { subjectIdLength } from "../../generated/constants.js";
import { sha256 } from "./sha256.js";

/**
 * Makes an id for a level of a subject of any text, such as an e-mail address, a name or a key of
 * your database. Every server accepts the id, and no two texts get the same one, even if they
 * differ only in case, which servers ignore.
 *
 * Lower-case letters, digits, `.` and `-` stay as they are. Any other character is escaped: `A` is
 * `_a`, `_` is `__`, other ASCII characters are `_` and two hex digits (`@` is `_40`), and each
 * further UTF-16 unit is `_8` and four hex digits. The empty text is `_`. An id that would be
 * longer than the 128 characters of the protocol is the start of itself, `_9` and the SHA-256
 * digest of the whole, so a user cannot choose a text that gets the id of another user.
 *
 * A text has the same id on every runtime and in every version. Call this once for a text, because
 * the `_` of an id would be escaped again. The id shows the text, so it does not make it anonymous.
 *
 * @example
 * ```ts
 * import { scopeId } from "cycles-client";
 * const subject = { agent: scopeId("Ann@example.com") }; // _ann_40example.com
 * ```
 */
export function scopeId(text: string): string {
  let id = "";
  let start = "";
  for (const unit of text.split("")) {
    id += escaped(unit);
    // An escape must not be cut: a `_` before the mark would change its meaning.
    if (id.length <= LONGEST_START) start = id;
  }
  if (id === "") return "_";
  return id.length > subjectIdLength ? `${start}${DIGEST_MARK}${sha256(id)}` : id;
}

const DIGEST_MARK = "_9";

const LONGEST_START = subjectIdLength - DIGEST_MARK.length - 64;

/** A UTF-16 unit in characters that every server accepts and none changes. No escape is the start of another. */
function escaped(unit: string): string {
  if (/[a-z0-9.-]/.test(unit)) return unit;
  if (/[A-Z_]/.test(unit)) return `_${unit.toLowerCase()}`;
  const hex = unit.charCodeAt(0).toString(16).padStart(2, "0");
  return unit < "\x80" ? `_${hex}` : `_8${hex.padStart(4, "0")}`;
}
