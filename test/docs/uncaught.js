/** Loaded before a program of the documents: prints an error that nobody catches as Node does, without the stack. */
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.setUncaughtExceptionCaptureCallback((error) => {
    console.log(String(error.stack).split(/\n {4}at /)[0]);
    process.exit(1);
  });
}
