/** Waiting, but not for ever. */

/** What `within` gives when the time was up. */
export const TOO_LATE = Symbol("too late");

/** What the promise gives, or `TOO_LATE` after that many milliseconds. Its timer keeps the thread alive meanwhile. */
export async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | typeof TOO_LATE> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof TOO_LATE>((resolve) => {
    timer = setTimeout(() => resolve(TOO_LATE), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
