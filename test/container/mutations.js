/** What breaks code that a class has of its own: seen where each class has it from the first instance on. */

const file = "plan/own-code.ts";

/** @type {readonly Omit<import("../../scripts/see-red-lists.js").Mutation, "promise">[]} */
export const MUTATIONS = [
  {
    breaks: "the slot of what throws stays busy",
    tests: "container/sequences.model.test.ts",
    file,
    line: "catch (error) { slots[${at}] = undefined; throw passed(error, plan); }",
    by: "catch (error) { throw passed(error, plan); }",
  },
  {
    breaks: "a scoped class that asks is not on the path",
    tests: "container/cycles.test.ts",
    file,
    line: "slots[${at}] = undefined; throw passed(error, plan); }",
    by: "slots[${at}] = undefined; throw error; }",
  },
  {
    breaks: "a transient class that asks is not on the path",
    tests: "container/cycles.test.ts",
    file,
    line: "catch (error) { throw passed(error, plan); }\n    ${ends",
    by: "catch (error) { throw error; }\n    ${ends",
  },
  {
    breaks: "a scope with overrides gets what others get",
    tests: "container/sequences.model.test.ts",
    file,
    line: "owner.place !== place || ",
    by: "",
  },
  {
    breaks: "a scope that has ended builds",
    tests: "container/own-code.test.ts",
    file,
    line: " || owner.phase >= ${DISPOSING} || owner.flights",
    by: " || owner.flights",
  },
  {
    breaks: "a second one is built beside one under way",
    tests: "promises/02-same-scope-same-instance.test.ts",
    file,
    line: " || owner.flights !== undefined)",
    by: ")",
  },
  {
    breaks: "what asks for itself is built twice",
    tests: "container/own-code.test.ts",
    file,
    line: "    slots[${at}] = BUSY;\n",
    by: "",
  },
  {
    breaks: "what ends its own scope is given",
    tests: "promises/06-nothing-from-a-closed-scope.test.ts",
    file,
    line: "    if (owner.phase >= ${DISPOSING}) return late(owner, value);\n",
    by: "",
  },
  {
    breaks: "a scoped instance is not owned",
    tests: "scope/disposal.property.test.ts",
    file,
    line: "    ${ends.claim}\n    } catch",
    by: "    } catch",
  },
  {
    breaks: "a transient is not owned",
    tests: "scope/disposal.property.test.ts",
    file,
    line: "    ${ends.claim}\n    return value",
    by: "    return value",
  },
  {
    breaks: "a transient that ends its own scope is given, and never disposed",
    tests: "container/own-code.test.ts",
    file,
    line: "`if (owner.phase >= ${DISPOSING}) return tooLate(owner, value, plan);`",
    by: '""',
  },
  {
    breaks: "each who asks gets another",
    tests: "container/sequences.model.test.ts",
    file,
    line: "    slots[${at}] = value;\n",
    by: "",
  },
  {
    breaks: "what is being built is given as a mark",
    tests: "container/cycles.test.ts",
    file,
    line: "found === BUSY || found === IS_UNDEFINED ? build(owner, resolution) : found",
    by: "found",
  },
  {
    breaks: "a disposer that is not its class's is looked for in one place",
    tests: "promises/03-newest-first.test.ts",
    file,
    line: "if (differs) value = claimBuilt(owner, value, target, plan);",
    by: "if (differs) owner.push(value, value.dispose, ${PLAIN});",
  },
  {
    breaks: "every page is the first",
    tests: "container/own-code.test.ts",
    file,
    line: "page.number !== ${pageNumberOf(slot)}",
    by: "false",
  },
];
