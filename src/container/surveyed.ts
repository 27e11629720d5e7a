/** A container in words, for those who look at a running process. */
import { prose } from "../registry/lifecycle.js";
import type { View } from "../resolve/view.js";
import { numberOf } from "../scope/channels.js";
import type { Lifespan } from "../scope/lifespan.js";
import type { ContainerSurvey } from "../thread/survey.js";

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
