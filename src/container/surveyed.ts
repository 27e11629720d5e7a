/** A container in words, for those who look at a running process. */
import { numberOf } from "../scope/channels.js";
import type { Lifespan } from "../scope/lifespan.js";
import type { ContainerSurvey } from "../thread/survey.js";
import { prose } from "./lifecycle.js";
import type { View } from "./view.js";

/** What is built and open in the container of `view`, right now. */
export function surveyed({ container, parent, instances, host }: View): ContainerSurvey {
  const scopes: Lifespan[] = [];
  for (let scope = host.open.newest; scope !== undefined; scope = scope.older) scopes.push(scope);
  return {
    id: numberOf(container),
    parentId: parent === undefined ? undefined : numberOf(parent.container),
    instances: [...instances.keys()].map(({ name, lifecycle }) => ({ name, lifetime: prose(lifecycle) })),
    scopes: scopes.reverse(),
  };
}
