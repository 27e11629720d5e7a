import { inject, singleton } from "tsyringe";

@singleton()
export class Foo {
  private str: string;
  constructor(@inject("SpecialString") value: string) {
    this.str = value;
  }

  print(): void {
    console.log(this.str);
  }
}
