// The worker for workerd. Its response to a request with the fixture contains the results of the cases.
import { conform } from "./cases.mjs";

export default {
  async fetch(request) {
    return Response.json(await conform(await request.json()));
  },
};
