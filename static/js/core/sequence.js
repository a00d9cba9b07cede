// Puts the messages of one channel in order. Each has a number, 1, 2, 3 … without gaps; whatever order they arrive in,
// they are applied once each and strictly in sequence. Knows nothing of sockets.

const KEEP = 2000;

export class Sequence {
  #last;
  #ahead = new Map();
  #timer = null;
  #apply;
  #askAgain;
  #patience;

  /**
   * since: number of the last message the page already shows. apply(message) is called in order.
   * askAgain(last) is called when a number is still missing after `patience` milliseconds.
   */
  constructor({ since, apply, askAgain, patience = 300 }) {
    this.#last = since;
    this.#apply = apply;
    this.#askAgain = askAgain;
    this.#patience = patience;
  }

  /** Number of the last message applied. */
  get last() {
    return this.#last;
  }

  /** Take one message or an array of them; what was seen before is ignored. */
  receive(input) {
    for (const message of Array.isArray(input) ? input : [input]) {
      const seq = message?.seq;
      if (!Number.isSafeInteger(seq) || seq <= this.#last || this.#ahead.has(seq)) continue;
      // A reader far behind asks for the gap anyway and is sent these again, so the store may stay small.
      if (this.#ahead.size < KEEP || seq === this.#last + 1) this.#ahead.set(seq, message);
    }
    this.#drain();
    this.#watch();
  }

  /** Go on after `seq`: what came before it is in a state that was loaded otherwise. */
  skipTo(seq) {
    if (seq <= this.#last) return;
    this.#last = seq;
    for (const number of this.#ahead.keys()) if (number <= seq) this.#ahead.delete(number);
    this.#drain();
    this.#watch();
  }

  /** Stop asking. */
  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #drain() {
    for (let next = this.#ahead.get(this.#last + 1); next; next = this.#ahead.get(this.#last + 1)) {
      this.#ahead.delete(next.seq);
      this.#last = next.seq;
      try {
        this.#apply(next);
      } catch (error) {
        // One message that cannot be shown must not stop those behind it.
        reportError(error);
      }
    }
  }

  #watch() {
    if (this.#ahead.size === 0) {
      this.close();
    } else if (this.#timer === null) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        if (this.#ahead.size === 0) return;
        this.#askAgain(this.#last);
        this.#watch();
      }, this.#patience);
    }
  }
}
