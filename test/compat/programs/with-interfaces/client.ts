import { inject, injectable } from "tsyringe";
import type { SuperService } from "./super-service.js";

@injectable()
export class Client {
  constructor(@inject("SuperService") private service: SuperService) {}

  ask(): string {
    return this.service.answer();
  }
}
