// Python in a page: a worker that runs it, and turns, because it does one thing after another.

export const SLOW = 60_000; // milliseconds after which the start of Python is called slow

/** Wait for something; do what is due if it takes longer than that. */
export function unlessBy(time, due, something) {
  const timer = setTimeout(due, time);
  return something.finally(() => clearTimeout(timer));
}

/** Has one thing done after another. */
export class Turns {
  last = Promise.resolve();

  take(work) {
    const turn = this.last.then(work);
    this.last = turn.catch(() => {});
    return turn;
  }
}

/** Python in a worker, which starts when it is first wanted. */
export class Python {
  share = 0; // how much of Python is there, from 0 to 1
  asked = [];
  turns = new Turns();
  checked = ""; // the name of the answer that it is at work on

  start() {
    if (this.worker) return;
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data: { share, answer, error } }) => {
      if (share !== undefined) {
        this.share = share;
        this.onshare?.(share);
      } else if (error) this.stop(error);
      else this.asked.shift().resolve(answer);
    };
    this.worker.onerror = () => this.stop("Python’s files couldn’t be loaded");
  }

  stop(reason) {
    this.worker?.terminate();
    this.worker = null;
    this.share = 0;
    for (const { reject } of this.asked.splice(0)) reject(new Error(reason));
  }

  /** Have the worker do something; it answers one question after another. */
  ask(does, what) {
    this.start();
    return new Promise((resolve, reject) => {
      this.asked.push({ resolve, reject });
      this.worker.postMessage({ does, what });
    });
  }
}
