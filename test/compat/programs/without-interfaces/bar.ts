import { injectable } from "tsyringe";
import { Foo } from "./foo.js";

@injectable()
export class Bar {
  constructor(public myFoo: Foo) {}
}
