/**
 * Measures one cell of a table in a process of its own, because feedback from a neighbour doubles the figures.
 *
 *     node measure.js request ambit sync '{"rounds":3,"milliseconds":60}'
 *
 * The last line that it prints is JSON: the figures, or null where there is nothing to measure.
 */
const [tableName, row, column, settings] = process.argv.slice(2);
const { default: table } = await import(`./tables/${tableName}.js`);
const measured = await table.measure(row, column, JSON.parse(settings));
process.stdout.write(`\n${JSON.stringify(measured)}\n`, () => process.exit());
