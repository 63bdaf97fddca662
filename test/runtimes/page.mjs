// The same as a page: whoever opens it calls this with the place to test against.
import { conform } from "./cases.mjs";

globalThis.conform = conform;
