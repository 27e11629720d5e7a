/** Everything else that tsyringe exports, in one program. */
import "reflect-metadata";
import {
  autoInjectable,
  container,
  delay,
  inject,
  injectAll,
  injectAllWithTransform,
  injectable,
  injectWithTransform,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  Lifecycle,
  predicateAwareClassFactory,
  registry,
  scoped,
  singleton,
} from "tsyringe";
import {
  ALWAYS,
  Connection,
  classProvider,
  configure,
  factoryProvider,
  kindOf,
  printable,
  tokenProvider,
  valueProvider,
} from "./types.js";

interface Plugin {
  readonly name: string;
}

@injectable({ token: "Plugin" })
class Markdown implements Plugin {
  readonly name = "markdown";
}

@singleton()
class Highlight implements Plugin {
  readonly name = "highlight";
}

@scoped(Lifecycle.ContainerScoped)
class Session {}

class Names {
  transform(plugins: Plugin[], by: string): string {
    return plugins.map(({ name }) => name).join(by);
  }
}

class Loud {
  transform(plugin: Plugin): string {
    return plugin.name.toUpperCase();
  }
}

@registry([
  { token: "Plugin", useToken: Highlight },
  { token: "kept", useFactory: instanceCachingFactory<object>(() => ({})) },
  { token: "each", useFactory: instancePerContainerCachingFactory<object>(() => ({})) },
  {
    token: "chosen",
    useFactory: predicateAwareClassFactory<Plugin>((c) => c.isRegistered("Plugin", true), Markdown, Highlight),
  },
])
class Plugins {}

@injectable()
class Editor {
  constructor(
    @injectAll("Plugin") readonly plugins: Plugin[],
    @injectAllWithTransform("Plugin", Names, "+") readonly names: string,
    @injectWithTransform(Highlight, Loud) readonly loud: string,
    @inject(delay(() => Late)) readonly late: { readonly name: string },
    @inject("nothing", { isOptional: true }) readonly nothing?: string,
  ) {}
}

class Late {
  readonly name = "late";
}

@autoInjectable()
class Page {
  constructor(
    readonly title: string,
    readonly session?: Session,
  ) {}
}

container.beforeResolution("Plugin", (token) => console.log("before", printable(token)), { frequency: ALWAYS });
container.afterResolution(Editor, (_token, result) => console.log("after", [result].flat().length), {
  frequency: "Once",
});

const editor = container.resolve(Editor);
console.log(
  editor.plugins.map(({ name }) => name),
  editor.names,
  editor.loud,
  editor.late.name,
  editor.nothing,
);
console.log(container.resolve(Plugins) instanceof Plugins, container.resolve<Plugin>("chosen").name);

const page = new Page("home");
console.log(page.title, page.session === container.resolve(Session));

const child = configure(container.createChildContainer());
console.log([classProvider, valueProvider, tokenProvider, factoryProvider].map(kindOf));
console.log(child.resolve("class") === child.resolve("class"), child.resolve<number>("value"));
console.log(child.resolve<Connection>("token") instanceof Connection, child.resolve("factory") instanceof Connection);
console.log(child.resolve("kept") === container.resolve("kept"), child.resolve("each") === container.resolve("each"));
console.log(child.resolve(Session) === container.resolve(Session), child.isRegistered(Highlight, true));
console.log(container.resolveAll<Plugin>("Plugin").length);

const last = container.createChildContainer();
const held = last.registerSingleton(Connection).resolve(Connection);
await last.dispose();
console.log(held instanceof Connection);
