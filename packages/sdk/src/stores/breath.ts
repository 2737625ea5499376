/** A pause in long work on the one thread: whoever waits for the event loop goes first. */

export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
