/** What the posting side and the worker tell each other. Everything here goes through a structured clone. */
import type { Luggage } from "../../context/travel.js";
import type { MessagePort } from "../../thread/ports.js";
import type { PackedError } from "./packed-error.js";

/** A task, with what goes along. */
export interface Envelope {
  /** The number of the task; unique in the thread that posts it. */
  readonly "ambit.task": number;
  readonly task: unknown;
  readonly luggage: Luggage;
  /** The scope in which it was posted. */
  readonly parentId: string | undefined;
  /** Where its `TaskState` is. */
  readonly place: number;
  /** What it is a place of, unless that is the board of which the worker is told with its welcome. */
  readonly board?: Int32Array | undefined;
  /** How long the thread's end may take, in milliseconds. */
  readonly deadline: number;
  /** Where to listen to commands, for a worker that could not say hello. */
  readonly port?: MessagePort | undefined;
}

/** What a worker answers in place of a result; a result goes as it is. */
export interface Failed {
  readonly "ambit.failed": PackedError;
  /** It is the reason with which the task was cancelled. */
  readonly byCancel: boolean;
  /** Why the thread has not begun it. */
  readonly refused?: Refusal;
}

/** The thread with that id is ending; without one, the pool cannot reach the thread. */
export interface Refusal {
  readonly endingThread?: number | undefined;
}

/** The first message of a worker, on the channel that it shares with the program. */
export interface Hello {
  readonly "ambit.hello": 1;
  readonly threadId: number;
  readonly port: MessagePort;
}

/** What a worker hears. */
export type Command =
  | { readonly kind: "welcome"; readonly board: Int32Array }
  | { readonly kind: "end"; readonly grace: number }
  | { readonly kind: "cancel"; readonly task: number; readonly reason: PackedError }
  | { readonly kind: "task"; readonly envelope: Envelope };

/** What a worker says. */
export type Report =
  | { readonly kind: "hello"; readonly threadId: number }
  | { readonly kind: "crashed"; readonly error: PackedError }
  | { readonly kind: "ended"; readonly errors: readonly PackedError[] }
  | { readonly kind: "answer"; readonly task: number; readonly answer: unknown };

/** What a worker answers to tinypool's teardown, and nobody needs. */
export const ENDED = "ambit.ended";

/** Whether a worker said hello. */
export function isHello(message: unknown): message is Hello {
  return has(message, "ambit.hello");
}

/** Whether it came from a pool of ambit's; a pool that was not wrapped sends bare tasks. */
export function isEnvelope(task: unknown): task is Envelope {
  return has(task, "ambit.task");
}

/** Whether the answer is a failure. */
export function isFailed(answer: unknown): answer is Failed {
  return has(answer, "ambit.failed");
}

/** Why the thread that was to run it left that to another one, if it did. */
export function refusalIn(answer: unknown): Refusal | undefined {
  return isFailed(answer) ? answer.refused : undefined;
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && key in value;
}
