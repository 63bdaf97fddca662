/**
 * The input of one model call.
 * @typedef {{ readonly heading: string, readonly text: string }} Part
 */

/** In UTF-16 code units. This is about 1,500 tokens of English. */
const LONGEST_PART = 6_000;

/**
 * Splits a text into parts: one for each Markdown heading, or several if the section is too long
 * for one call.
 * @param {string} text
 * @returns {Part[]}
 */
export function split(text) {
  return sections(text.split(/\r\n|\r|\n/)).flatMap(({ heading, text }) => {
    const pieces = shorten(text);
    if (pieces.length === 1) return [{ heading, text }];
    return pieces.map((piece, index) => ({
      heading: `(${index + 1}/${pieces.length}) ${heading}`,
      text: piece,
    }));
  });
}

/**
 * Splits lines at headings. A heading with no text below it joins the next section.
 * @param {string[]} lines
 * @returns {Part[]}
 */
function sections(lines) {
  /** @type {Part[]} */
  const found = [];
  let heading = "";
  let bodyLines = 0;
  /** @type {string[]} */
  let held = [];
  const close = () => {
    const text = held.join("\n").trim();
    if (text !== "") found.push({ heading: heading || firstLine(text), text });
    held = [];
  };

  for (const { line, title, underlines } of headed(lines)) {
    if (title !== undefined) {
      // An underlined heading has its title on the line before, which was held as text.
      const above = underlines ? held.splice(-1) : [];
      if (bodyLines > above.length) close();
      held.push(...above);
      heading = title;
      bodyLines = 0;
    } else if (line.trim() !== "") {
      bodyLines += 1;
    }
    held.push(line);
  }
  close();
  return found;
}

/**
 * Yields each line, with a title if the line makes a heading. In fenced code, `#` does not start a
 * heading.
 * @param {string[]} lines
 * @returns {Generator<{ line: string, title?: string, underlines?: boolean }>}
 */
function* headed(lines) {
  let fence = "";
  let before = "";
  let beforeThat = "";
  for (const line of lines) {
    const marks = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$/.exec(line);
    const title = /^ {0,3}#{1,6}(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$/.exec(line);
    if (fence !== "") {
      const closes = marks?.[1]?.startsWith(fence) && marks[2]?.trim() === "";
      if (closes) fence = "";
      yield { line };
    } else if (marks?.[1]) {
      fence = marks[1];
      yield { line };
    } else if (title) {
      yield { line, title: title[1] || "(untitled)" };
    } else if (/^ {0,3}(=+|-+)[ \t]*$/.test(line) && isTitle(before) && beforeThat.trim() === "") {
      yield { line, title: before.trim(), underlines: true };
    } else {
      yield { line };
    }
    [beforeThat, before] = [before, line];
  }
}

/**
 * Whether a line can be an underlined title: prose, not part of a list, quote, table, code block or
 * heading.
 * @param {string} line
 */
function isTitle(line) {
  return /^ {0,3}[^\s\-*+>|#`~=\d]/.test(line);
}

/** @param {string} text */
function firstLine(text) {
  return text.split("\n", 1)[0]?.trim() || "(untitled)";
}

/**
 * Cuts a text into pieces: between paragraphs if possible, then between lines, words or characters.
 * @param {string} text
 * @returns {string[]}
 */
function shorten(text) {
  const pieces = [];
  let rest = text;
  while (rest.length > LONGEST_PART) {
    const end = cutBefore(rest);
    pieces.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...pieces, rest].filter((piece) => piece.trim() !== "");
}

/** @param {string} text */
function cutBefore(text) {
  const window = text.slice(0, LONGEST_PART);
  for (const gap of ["\n\n", "\n", " "]) {
    const end = window.lastIndexOf(gap);
    if (end > LONGEST_PART / 2) return end;
  }
  // A character outside the basic plane has two code units, which must stay together.
  const isHalved = /[\uD800-\uDBFF]$/.test(window);
  return isHalved ? LONGEST_PART - 1 : LONGEST_PART;
}
