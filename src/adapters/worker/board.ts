/** The board on which the tasks of this thread have their places. It comes with a welcome, which may be later than they. */

let board: Int32Array | undefined;
let resolve!: (board: Int32Array) => void;

export const whenTold = new Promise<Int32Array>((told) => (resolve = told));

/** Every pool of the thread that started this one tells of the same. */
export function tellBoard(told: Int32Array): void {
  board = told;
  resolve(told);
}

export function boardIfTold(): Int32Array | undefined {
  return board;
}
