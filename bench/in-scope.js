/**
 * What `look` says about instances of these types, in the scope that they come from; the scope ends afterwards.
 *
 * @param {import("./requests.js").Api} api
 */
export async function inScope({ open, get, close, runAsync }, request, types, look) {
  if (runAsync) return runAsync(request, async () => look(...types.map((type) => get(type))));
  const scope = open(request);
  const instances = [];
  for (const type of types) instances.push(await get(scope, type));
  const seen = look(...instances);
  await close(scope);
  return seen;
}
