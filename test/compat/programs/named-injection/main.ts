import "reflect-metadata";
import { container } from "tsyringe";
import { Foo } from "./foo.js";

const str = "test";
container.register("SpecialString", { useValue: str });

const instance = container.resolve(Foo);
instance.print();
console.log(instance === container.resolve(Foo));
