// Keeps the code of this thread, including the generator's packages, from opening connections.
import { Socket } from "node:net";

Socket.prototype.connect = () => {
  throw new Error("The generator works offline and opens no connection");
};
