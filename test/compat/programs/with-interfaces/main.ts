import "reflect-metadata";
import { container } from "tsyringe";
import { Client } from "./client.js";
import { TestService } from "./test-service.js";

container.register("SuperService", {
  useClass: TestService,
});

const client = container.resolve(Client);
console.log(client.ask());
