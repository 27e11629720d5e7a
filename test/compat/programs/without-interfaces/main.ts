import "reflect-metadata";
import { container } from "tsyringe";
import { Bar } from "./bar.js";
import { Foo } from "./foo.js";

const myBar = container.resolve(Bar);
console.log(myBar.myFoo instanceof Foo, myBar.myFoo.name);
