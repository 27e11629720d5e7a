/** What ends the command with exit code 2: it was called wrongly, or could not look at the container. */
export class CommandFailure extends Error {
  /** @param fix what to do instead */
  constructor(message: string, fix?: string, options?: ErrorOptions) {
    super(fix === undefined ? message : `${message}\nFix: ${fix}`, options);
  }
}
