/** Draws what was seen of a container: one node for each registration, and one for each token that nothing answers. */
import type { Plan } from "../plan/plan.js";
import { enumName } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import { type InjectionToken, nameOfToken } from "../registry/token.js";
import { isAsync } from "../resolve/compile.js";
import type { Refusal } from "../resolve/survey.js";
import { isUnseen, problemsOf } from "./diagnose.js";
import { Graph } from "./graph.js";
import type { GraphEdge, GraphNode } from "./graph-data.js";
import { problemOf } from "./problem.js";
import { endingOf, lifetimeOf, providerOf, reasonsFor } from "./reasons.js";
import type { SeenLink, Sight } from "./sight.js";

const NOBODY = "Nothing answers it: nobody registered it, and it is no class.";
const NOT_OUTSIDE =
  "Nothing answers it: what asks for it lives in a container around this one, and was registered without it.";

/** A drawing, and which node stands for what. */
export interface Drawing {
  readonly graph: Graph;
  readonly idOf: (registration: Registration | undefined) => string | undefined;
}

export function draw(sight: Sight): Drawing {
  const problems = problemsOf(sight);
  const drawer = new Drawer(sight);
  for (const plan of sight.plans) drawer.add(plan);
  for (const link of sight.links) drawer.connect(link);
  const graph = new Graph({ nodes: drawer.nodes, edges: drawer.edges, problems });
  return { graph, idOf: (registration) => registration && drawer.ids.get(registration) };
}

class Drawer {
  readonly nodes: GraphNode[] = [];
  /** By registration; by token, or what is there instead of one, for what nothing answers. */
  readonly ids = new Map<unknown, string>();
  readonly #edges = new Map<string, GraphEdge>();
  readonly #taken = new Map<string, number>();
  readonly #sight: Sight;

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  get edges(): GraphEdge[] {
    return [...this.#edges.values()];
  }

  /** A registration has a plan for each container that resolves it, and one node. */
  add(plan: Plan): void {
    const { registration } = plan;
    if (registration === undefined || this.ids.has(registration)) return;
    const id = this.#newId(registration.name, registration);
    const provider = providerOf(registration);
    this.nodes.push({
      id,
      name: registration.name,
      lifetime: lifetimeOf(plan, provider),
      lifecycle: enumName(plan.lifecycle) as GraphNode["lifecycle"],
      scopeName: plan.scopeName,
      provider,
      disposer: endingOf(registration),
      async: isAsync(registration),
      why: reasonsFor(plan, registration, this.#sight.view),
      unseen: isUnseen(registration, this.#sight.view),
      problems: this.#problemsOf(registration),
    });
  }

  connect({ from, to, kind, request }: SeenLink): void {
    const start = this.ids.get(from.registration);
    if (start === undefined) return;
    const problems = this.#refusedAt(from.registration, request);
    const answers = to.flatMap(({ registration }) => this.ids.get(registration) ?? []);
    const ends = answers.length === 0 && problems.length > 0 ? [this.#missing(request.token, problems)] : answers;
    for (const end of ends) {
      const edge = { from: start, to: end, kind, via: request.via, problems };
      this.#edges.set(JSON.stringify([start, end, kind, request.via]), edge);
    }
  }

  #problemsOf(registration: Registration): string[] {
    return idsOf(this.#sight.refusals.filter(({ plan }) => plan.registration === registration));
  }

  #refusedAt(registration: Registration | undefined, { via, token }: SeenLink["request"]): string[] {
    const isHere = ({ plan, request }: Refusal) =>
      plan.registration === registration && request?.via === via && request.token === token;
    return idsOf(this.#sight.refusals.filter(isHere));
  }

  #missing(token: unknown, problems: readonly string[]): string {
    const known = this.ids.get(token);
    if (known !== undefined) return known;
    const name = nameOfToken(token);
    const id = this.#newId(name, token);
    const why = [this.#isHere(token) ? NOT_OUTSIDE : NOBODY];
    const nothing = {
      lifetime: "not registered",
      lifecycle: undefined,
      scopeName: undefined,
      provider: "nothing",
    } as const;
    this.nodes.push({ id, name, ...nothing, disposer: undefined, async: false, why, unseen: false, problems });
    return id;
  }

  #isHere(token: unknown): boolean {
    return this.#sight.view.find(token as InjectionToken) !== undefined;
  }

  #newId(name: string, of: unknown): string {
    let count = this.#taken.get(name) ?? 0;
    let id: string;
    do id = ++count === 1 ? name : `${name} #${count}`;
    while (this.#taken.has(id) && id !== name);
    this.#taken.set(name, count);
    if (id !== name) this.#taken.set(id, 1);
    this.ids.set(of, id);
    return id;
  }
}

/** The problems of refusals, each once. */
function idsOf(refusals: readonly Refusal[]): string[] {
  return [...new Set(refusals.map(({ error }) => problemOf(error).id))];
}
