// The same as a worker that answers a request; the place to test against comes in its body.
import { conform } from "./cases.mjs";

export default {
  async fetch(request) {
    return Response.json(await conform(await request.json()));
  },
};
