/** Placeholders for parts of a body that `JSON.stringify` cannot write, such as `1e400`. */
export class Marks {
  #texts = [];

  /** Returns a placeholder for a value. @param {string} text the JSON text of the value */
  value(text) {
    return `@@v${this.#texts.push(text) - 1}@@`;
  }

  /** Returns a placeholder for a string or a field name. @param {string} text the JSON text between the quotes */
  within(text) {
    return `@@w${this.#texts.push(text) - 1}@@`;
  }

  /** Returns the tree as JSON, with the text of each placeholder. @param {unknown} tree */
  write(tree) {
    return JSON.stringify(tree)
      .replace(/"@@v(\d+)@@"/g, (_, index) => this.#texts[index])
      .replace(/@@w(\d+)@@/g, (_, index) => this.#texts[index]);
  }
}

const NUMBERS = [
  "9007199254740992",
  "9007199254740993",
  "9223372036854775807",
  "18446744073709551616",
  "1e308",
  "1e400",
  "-1e400",
  "-0",
  "-1",
  "0.1",
  "1e-7",
  "8640000000000001",
  "253402300800000",
];

/** Strings as JSON text, without the quotes. */
const STRINGS = [
  "",
  ".",
  "..",
  "%2e%2e",
  "a/b",
  "\\u0000",
  "\\u001b[31mred\\u001b[0m",
  "\\u202eevil\\u2066",
  "\\ud800",
  "\\udc00 tail",
  "line\\nline\\rline\\u2028line",
  "__proto__",
  "constructor",
  "🦊",
];

/** @param {import("../support/random.mjs").Random} random */
export function hostileValue(random, marks, secrets) {
  const draw = random.next();
  if (draw < 0.2) return marks.value(random.pick(NUMBERS));
  if (draw < 0.35) return marks.within(random.pick(STRINGS));
  if (draw < 0.6)
    return marks.within(`${random.pick(["", "x ", "y".repeat(190)])}${secrets.written(random)}`);
  if (draw < 0.75) return random.pick([null, true, [], {}, [null], { a: null }, [[]], ""]);
  if (draw < 0.8)
    return { [marks.within(secrets.written(random))]: [marks.within(secrets.written(random))] };
  if (draw < 0.85) return marks.value(nested(random.pick([50, 70, 2_000])));
  if (draw < 0.9) return "z".repeat(random.pick([129, 300, 5_000]));
  if (draw < 0.95)
    return marks.value(`{"__proto__":{"decision":"ALLOW","toJSON":1},"constructor":1}`);
  // Values that take long to parse are rare.
  if (!random.chance(0.1)) return random.integer(-5, 5);
  return random.pick([
    () => marks.value(nested(random.pick([10_000, 100_000]))),
    () => marks.value(`[${Array.from({ length: 20_000 }, () => "1").join(",")}]`),
    () => marks.value(`[${Array.from({ length: 20_000 }, () => '{"a":null}').join(",")}]`),
    () => "h".repeat(500_000),
  ])();
}

function nested(depth) {
  return depth % 20 === 10
    ? `${"[".repeat(depth)}${"]".repeat(depth)}`
    : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

/**
 * Changes one thing in the body of a response, and returns whether the response is still a success.
 * @param {object} tree
 * @returns {{ kind: string, fits: "yes" | "no" | "perhaps" }}
 */
export function mutate(tree, { random, marks, secrets, required, operation }) {
  const value = () => hostileValue(random, marks, secrets);
  const draw = random.next();
  if (draw < 0.3) {
    const name = marks.within(
      random.pick([`brand_new_${String(random.integer(0, 9))}`, secrets.written(random)]),
    );
    // The client must ignore unknown fields, at the top of a body and inside its objects.
    const balance = tree.balances?.[0];
    const place = balance instanceof Object && random.chance(0.5) ? balance : tree;
    place[name] = value();
    return { kind: "unknown field", fits: "yes" };
  }
  if (draw < 0.4) {
    const name = random.pick(required);
    const broken = random.pick([null, {}, [], true, marks.value("1e400"), undefined]);
    tree[name] = broken;
    return {
      kind: `${name} broken`,
      fits: operation === "" || isTyped(name, broken) ? "perhaps" : "no",
    };
  }
  if (draw < 0.5 && "balances" in tree && operation !== "getBalances") {
    tree.balances = random.pick([null, undefined]);
    return { kind: "no balances", fits: "yes" };
  }
  if (draw < 0.6 && operation === "createReservation") {
    tree.reservation_id = random.pick([
      marks.within(random.pick(STRINGS)),
      marks.within(secrets.written(random)),
      marks.within(`res_${secrets.written(random)}`),
      "i".repeat(random.pick([128, 129, 5_000])),
      value(),
    ]);
    return { kind: "another id", fits: "perhaps" };
  }
  if (draw < 0.75) {
    const [place, name] = random.pick(
      places(tree)
        .filter(([, , item]) => typeof item === "number")
        .concat([[tree, "expires_at_ms", 0]]),
    );
    place[name] = marks.value(random.pick(NUMBERS));
    return { kind: `number in ${name}`, fits: "perhaps" };
  }
  // Earlier changes may have removed all fields.
  const [place, name] = random.pick([...places(tree), [tree, required[0], undefined]]);
  const draws = random.next();
  if (draws < 0.3) place[name] = null;
  else if (draws < 0.4) Reflect.deleteProperty(place, name);
  else place[name] = value();
  return { kind: `${name} changed`, fits: "perhaps" };
}

/** Whether the replaced field is a list and the new value is one too: then the response may still be valid. */
function isTyped(name, broken) {
  return (
    Array.isArray(broken) && ["affected_scopes", "reservations", "balances", "keys"].includes(name)
  );
}

/**
 * Lists each field and item of a tree, with the object or array that contains it.
 * @returns {[any, string, unknown][]}
 */
function places(tree) {
  return Object.entries(tree).flatMap(([name, item]) => [
    /** @type {[any, string, unknown]} */ ([tree, name, item]),
    ...(typeof item === "object" && item !== null ? places(item) : []),
  ]);
}
