/**
 * ambit as it is shipped: its built files, with default options. The bench is a package of its own, for which "ambit" is no
 * name; BENCH_AMBIT names the dist of another build, to hold two engines against each other.
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The folder of the built files. */
export const DIST = resolve(process.env.BENCH_AMBIT ?? fileURLToPath(new URL("../dist", import.meta.url)));

/** A module of the build: "index.js", "adapters/koa/index.js". */
export const ambit = (file) => import(pathToFileURL(`${DIST}/${file}`).href);

export const { Container, ContextVar, copyContext, dep, Lifecycle } = await ambit("index.js");
