import { styleText } from "node:util";

export type Colour = "green" | "yellow" | "red";

/** Colours a text, or leaves it. Widths are counted before. */
export type Paint = (colour: Colour, text: string) => string;

export function painter(isColoured: boolean): Paint {
  // Whether the stream takes colours has been decided, for a stream that Node does not know.
  return (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text);
}

/** At most so many columns; the end goes first. */
export function cutEnd(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** A scope or a path in at most so many columns: its inner levels are what tells it apart. */
export function cutLevels(text: string, columns: number): string {
  let kept = text;
  for (let slash = kept.indexOf("/", 1); slash > 0; slash = kept.indexOf("/", 2)) {
    if (kept.length <= columns) return kept;
    kept = `…${kept.slice(slash)}`;
  }
  return kept.length <= columns ? kept : `…${kept.slice(kept.length - columns + 1)}`;
}

/** How much of a budget is used and how much is held, in so many columns; full only when nothing is left. */
export function bar(
  { used, held, whole }: { readonly used: number; readonly held: number; readonly whole: number },
  columns: number,
): string {
  const upTo = (part: number) =>
    whole > 0 ? Math.max(0, Math.min(columns, Math.floor((part / whole) * columns))) : columns;
  const solid = upTo(used);
  const filled = Math.max(solid, upTo(used + held));
  return "█".repeat(solid) + "▒".repeat(filled - solid) + "░".repeat(columns - filled);
}

/** Rows with a heading: the first column to the left, and cut where the line would be too long; the rest to the right. */
export function table(rows: readonly (readonly string[])[], columns: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const [first = 0, ...others] = widths;
  const room = columns - others.reduce((sum, width) => sum + width + 2, 0);
  const firstWidth = Math.min(first, Math.max(8, room));
  return rows.map(([name = "", ...cells]) =>
    [
      cutLevels(name, firstWidth).padEnd(firstWidth),
      ...cells.map((cell, column) => cell.padStart(others[column] ?? 0)),
    ].join("  "),
  );
}
