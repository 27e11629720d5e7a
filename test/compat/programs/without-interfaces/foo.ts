export class Foo {
  readonly name = "foo";
}
