/** What stands in for an instance of a scope, and what is behind it: owners dispose the instance, and know it by itself. */

const behind = new WeakMap<object, object>();
// Without a guard there are none, and a look into the map costs 20 ns.
let any = false;

/** Remembers that `standIn` stands in for `instance`. Gives it back. */
export function standsFor<T extends object>(standIn: T, instance: object): T {
  behind.set(standIn, instance);
  any = true;
  return standIn;
}

/** Whether the guard has handed out `value` in place of an instance. */
export function isGuarded(value: unknown): value is object {
  return any && behind.has(value as object);
}

/** The instance behind a stand-in; any other value itself. */
export function unguarded<T>(value: T): T {
  return any ? ((behind.get(value as object) as T | undefined) ?? value) : value;
}
