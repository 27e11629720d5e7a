/** Joins the default container to tsyringe's global one, so that files may import decorators from either package. */
import { container as tsyringeContainer } from "tsyringe";
import { container } from "../container/container.js";
import { bridge } from "./bridge.js";

bridge(container, tsyringeContainer);
