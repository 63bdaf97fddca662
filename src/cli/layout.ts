import { styleText } from "node:util";

export type Colour = "green" | "yellow" | "red";

/** Colours a text, if colours are on. Measure a text before you colour it. */
export type Paint = (colour: Colour, text: string) => string;

export function painter(isColoured: boolean): Paint {
  // `isColoured` decides, because Node would check another stream.
  return (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text);
}

/** Cuts a text to a number of columns, at its end. */
export function cutEnd(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/**
 * Cuts a scope or a path to a number of columns. Removes the outer levels, because the inner ones
 * identify it.
 */
export function cutLevels(text: string, columns: number): string {
  let kept = text;
  for (let slash = kept.indexOf("/", 1); slash > 0; slash = kept.indexOf("/", 2)) {
    if (kept.length <= columns) return kept;
    kept = `…${kept.slice(slash)}`;
  }
  return kept.length <= columns ? kept : `…${kept.slice(kept.length - columns + 1)}`;
}

/** A bar of the used and the held part of a budget. It is full only if nothing remains. */
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

/**
 * Lines of a table. The first column is left-aligned, and cut if a line would be too long; the
 * others are right-aligned.
 */
export function table(rows: readonly (readonly string[])[], columns: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
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
