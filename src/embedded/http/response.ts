import type { Outgoing } from "./message.js";

/**
 * Creates a `Response`. Its stream and its headers are created only if the caller asks for them,
 * because they cost more than everything else that the authority does for a request, and most
 * callers read the status and the JSON.
 */
export function lazyResponse(outgoing: Outgoing): Response {
  // It has every member of `Response`: the class has some, and its prototype has the others.
  return new LazyResponse(outgoing) as unknown as Response;
}

class LazyResponse {
  readonly #outgoing: Outgoing;
  #headers: Headers | undefined;
  #whole: Response | undefined;
  #isRead = false;

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing;
  }

  /** The response as the platform makes it, with a stream as its body. */
  whole(): Response {
    if (this.#whole === undefined) {
      const { status, body } = this.#outgoing;
      this.#whole = new Response(body, { status, headers: this.headers });
      if (this.#isRead) void this.#whole.body?.cancel(); // a body can be read once
    }
    return this.#whole;
  }

  get status(): number {
    return this.#outgoing.status;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get headers(): Headers {
    return (this.#headers ??= new Headers(this.#outgoing.headers));
  }

  get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? this.#isRead;
  }

  text(): Promise<string> {
    if (this.#isRead || this.#whole !== undefined) return this.whole().text();
    this.#isRead = true;
    return Promise.resolve(this.#outgoing.body);
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

inheritLazily();

/**
 * Makes every lazy response an instance of `Response`. The members that the class lacks come from the
 * whole response. As on the platform, the members are enumerable, and the methods can be replaced.
 */
function inheritLazily(): void {
  const { prototype } = LazyResponse;
  Object.setPrototypeOf(prototype, Response.prototype);
  Reflect.deleteProperty(prototype, "constructor"); // so that it is `Response`
  for (const [name, inherited] of membersOfResponse()) {
    const { enumerable = false } = inherited;
    if (Object.hasOwn(prototype, name)) {
      Object.defineProperty(prototype, name, { enumerable });
      continue;
    }
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable,
      get(this: LazyResponse): unknown {
        const whole = this.whole();
        const member: unknown = Reflect.get(whole, name, whole);
        return typeof member === "function" ? member.bind(whole) : member;
      },
      ...(typeof inherited.value === "function" && { set: replaceWith(name) }),
    });
  }
}

/** In workerd, `Response` inherits some of its members from another class. */
function membersOfResponse(): Map<string | symbol, PropertyDescriptor> {
  const members = new Map<string | symbol, PropertyDescriptor>();
  let from: unknown = Response.prototype;
  while (typeof from === "object" && from !== null && from !== Object.prototype) {
    for (const name of Reflect.ownKeys(from)) {
      const member = Object.getOwnPropertyDescriptor(from, name);
      if (member && name !== "constructor" && !members.has(name)) members.set(name, member);
    }
    from = Object.getPrototypeOf(from);
  }
  return members;
}

function replaceWith(name: string | symbol) {
  return function (this: LazyResponse, value: unknown): void {
    Object.defineProperty(this, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  };
}
