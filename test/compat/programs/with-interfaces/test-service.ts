import type { SuperService } from "./super-service.js";

export class TestService implements SuperService {
  answer(): string {
    return "tested";
  }
}
