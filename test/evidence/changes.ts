import type { Members } from "./signing.js";

/** The JSON pointers to all members and items within a value. */
export function membersOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const place = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return [place, ...membersOf(member, place)];
  });
}

/** A copy in which `change` made the value at a place; `undefined` removes it. */
export function changedAt(
  value: Members,
  path: string,
  change: (value: unknown) => unknown,
): Members {
  const changed = changedWithin(value, path, "", change);
  return changed as Members;
}

function changedWithin(
  value: unknown,
  path: string,
  at: string,
  change: (value: unknown) => unknown,
): unknown {
  if (path === at) return change(value);
  if (typeof value !== "object" || value === null || !path.startsWith(`${at}/`)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const place = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return [name, changedWithin(member, path, place, change)] as const;
  });
  const kept = members.filter(([, member]) => member !== undefined);
  return Array.isArray(value) ? kept.map(([, member]) => member) : Object.fromEntries(kept);
}

/** A copy with the members of each object in another order. */
export function shuffled(value: unknown, numbers: Iterator<number>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, numbers));
  const ordered = Object.entries(value)
    .map((member) => ({ member, rank: Number(numbers.next().value) }))
    .sort((one, other) => one.rank - other.rank);
  return Object.fromEntries(
    ordered.map(({ member: [name, inner] }) => [name, shuffled(inner, numbers)]),
  );
}

/** The text of a value in which the member at a place occurs twice. */
export function textWith(
  value: unknown,
  path: string,
  spelling: "plain" | "escaped",
  at = "",
): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => textWith(item, path, spelling, `${at}/${index}`)).join(",")}]`;
  }
  const members = Object.entries(value).flatMap(([name, member]) => {
    const place = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const text = textWith(member, path, spelling, place);
    const written = `${JSON.stringify(name)}: ${text}`;
    if (place !== path) return [written];
    return [spelling === "plain" ? written : `${escaped(name)} : ${text}`, written];
  });
  return `{ ${members.join(" , ")} }`;
}

/** The name with each character written as an escape. */
function escaped(name: string): string {
  const codes = Array.from({ length: name.length }, (_, index) =>
    name.charCodeAt(index).toString(16).padStart(4, "0"),
  );
  return `"${codes.map((code) => `\\u${code}`).join("")}"`;
}
