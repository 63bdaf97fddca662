// Lets no code of this thread open a connection. Nothing in the generator should: this holds for its packages, too.
import { Socket } from "node:net";

Socket.prototype.connect = () => {
  throw new Error("The generator works offline and opens no connection");
};
