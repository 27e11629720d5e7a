/** Looks at everything that a container could build, without building any of it. */
import { AmbitError, addHolder, beginPath, MissingTypeInfoError } from "../errors.js";
import { isOverflow, nestedTooDeeply } from "../plan/depth.js";
import { ASKED } from "../plan/frame.js";
import { Plan } from "../plan/plan.js";
import type { Asked } from "../plan/recorder.js";
import { Lifecycle } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import { type InjectionToken, nameOfToken, undelayed } from "../registry/token.js";
import { answersTo } from "../resolve/answers.js";
import { compile, compileToken, isUnregisteredDelay } from "../resolve/compile.js";
import type { Request } from "../resolve/requests.js";
import { type Link, Survey } from "../resolve/survey.js";
import type { Trail } from "../resolve/trail.js";
import type { View } from "../resolve/view.js";
import { refuseLate } from "./late.js";
import { type EdgeKind, isLater, type SeenLink, type Sight } from "./sight.js";

/** @param tokens what is asked for from outside, beside all that is registered: classes that nobody registered */
export function lookAt(view: View, tokens: readonly InjectionToken[]): Sight {
  const looking = new Looking(view);
  for (const registration of visibleIn(view)) looking.at(registration);
  const { recorder } = view.family;
  // It may have been a try.
  for (const asked of recorder?.fromOutside ?? []) looking.outside(asked, false);
  for (const token of tokens) looking.outside({ token, multiple: false }, true);
  return looking.finish();
}

/** What answers the tokens that this container knows: its own registrations hide those of the containers around it. */
function visibleIn(view: View): Registration[] {
  const tokens = new Set<InjectionToken>();
  for (let at: View | undefined = view; at !== undefined; at = at.parent)
    for (const token of at.registrations.keys()) tokens.add(token);
  return [...tokens].flatMap((token) => view.find(token) ?? []);
}

class Looking {
  readonly #survey = new Survey();
  readonly #links: SeenLink[] = [];
  readonly #asked = new Map<InjectionToken, Plan>();
  readonly #recorded = new Set<Plan>();
  readonly #view: View;
  readonly #root: Trail;

  constructor(view: View) {
    this.#view = view;
    const plan = new Plan("", Lifecycle.Transient, undefined, view);
    this.#root = { registration: undefined, view, plan, above: undefined, survey: this.#survey, asking: undefined };
  }

  at(registration: Registration): void {
    try {
      compile(this.#view, registration, this.#root);
    } catch (error) {
      if (!isOverflow(error)) throw error;
      this.#survey.refuse(nestedTooDeeply(registration.name, error), this.#root.plan);
    }
  }

  /** @param wanted whether it is a mistake if nothing answers */
  outside({ token, multiple }: Asked, wanted: boolean): void {
    try {
      const [plan] = this.#answers(this.#view, token, multiple);
      if (plan !== undefined) this.#asked.set(token, plan);
    } catch (error) {
      if (!(error instanceof AmbitError)) throw error;
      if (wanted) this.#survey.refuse(error, this.#root.plan);
    }
  }

  finish(): Sight {
    const { links } = this.#survey;
    // What is found later leads to further links.
    let next = 0;
    do while (next < links.length) this.#follow(links[next++]);
    while (this.#addRecorded() || next < links.length);
    refuseLate(this.#links, this.#survey);
    const { plans, refusals } = this.#survey;
    return { view: this.#view, plans, links: this.#links, refusals, asked: this.#asked };
  }

  #follow({ from, request, to, view }: Link): void {
    const kind = kindOf(request, view);
    if (!isLater(kind)) return void this.#links.push({ from, to, kind, request });
    // A transformer is there at once.
    if (to.length > 0) this.#links.push({ from, to, kind: "direct", request });
    this.#links.push({ from, to: this.#later(from, view, request), kind, request });
  }

  /** What a ref, a stand-in, a `delay` or a provider leads to when it asks. */
  #later(from: Plan, view: View, request: Request): readonly Plan[] {
    try {
      return this.#answers(view, targetOf(request.token), request.multiple);
    } catch (error) {
      if (!(error instanceof AmbitError)) throw error;
      addHolder(error, from.step(), request.via, request.sentence);
      this.#survey.refuse(error, from, request);
      return [];
    }
  }

  #answers(view: View, token: InjectionToken | undefined, multiple: boolean): readonly Plan[] {
    const answers = multiple && token !== undefined ? answersTo(view, token) : [];
    if (answers.length > 0) return answers.map((registration) => compile(view, registration, this.#root));
    return [compileToken(view, token, this.#root)];
  }

  /** Adds what providers were seen to ask for; whether there was somebody new. */
  #addRecorded(): boolean {
    const { recorder } = this.#view.family;
    if (recorder === undefined) return false;
    const plans = this.#survey.plans.filter((plan) => !this.#recorded.has(plan));
    for (const plan of plans) {
      this.#recorded.add(plan);
      for (const { token, multiple } of plan.registration === undefined ? [] : recorder.askedBy(plan.registration)) {
        const request = { token, multiple, optional: false, via: ASKED };
        this.#links.push({ from: plan, to: this.#later(plan, plan.place as View, request), kind: "recorded", request });
      }
    }
    return plans.length > 0;
  }
}

function kindOf({ as, token, multiple, optional, via }: Request, view: View): EdgeKind {
  if (as !== undefined) return as;
  if (isUnregisteredDelay(view, token)) return "delayed";
  if (multiple) return "all";
  if (optional) return "optional";
  return via === "alias" ? "alias" : "direct";
}

/** The class behind a `delay`, whose module should be there by now. */
function targetOf(token: InjectionToken | undefined): InjectionToken | undefined {
  try {
    return token === undefined ? undefined : undelayed(token);
  } catch (cause) {
    const error = MissingTypeInfoError.undefinedClass();
    error.cause = cause;
    beginPath(error, { name: nameOfToken(token), lifetime: "not there yet" });
    throw error;
  }
}
