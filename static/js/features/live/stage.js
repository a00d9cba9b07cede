// Questions that wait for approval, for who leads. They come over a channel that only who leads may follow.

import { announce } from "../../core/announce.js";
import { openChannel } from "../../core/channel.js";
import { all, fill, fromTemplate, need } from "../../core/dom.js";

const QUIET = 1500;

export function connect(element, { signal }) {
  const stage = new Stage(element);
  const channel = openChannel({
    channel: element.dataset.stageChannel,
    since: Number(element.dataset.stageSince),
    onMessage: ({ data }) => data.question && stage.write(data.question),
    // Whoever leads no more has nothing to see here.
    onRefused: () => element.remove(),
  });
  signal.addEventListener("abort", () => {
    channel.close();
    clearTimeout(stage.timer);
  }, { once: true });
}

class Stage {
  constructor(element) {
    Object.assign(this, { element, timer: null, fresh: 0 });
    this.lists = Object.fromEntries(["pending", "declined"].map((name) => [name, need(`[data-stage-list="${name}"]`, element)]));
  }

  /** Show a question where its state puts it; one that everybody sees goes away. */
  write(question) {
    let item = this.element.querySelector(`[data-staged="${Number(question.id)}"]`);
    const list = this.lists[question.state];
    if (!list) {
      const focused = item?.contains(document.activeElement);
      item?.remove();
      if (focused) need("#pending-title", this.element).focus({ preventScroll: true });
    } else {
      if (!item) {
        item = this.#make(question.id);
        if (question.state === "pending") this.#isNew();
      }
      item.dataset.state = question.state;
      fill(item, { body: question.body, author: question.author?.display_name ?? "", reason: question.state_reason ? `Declined: ${question.state_reason}` : false });
      item.querySelector("[data-decline]").hidden = question.state === "declined";
      if (item.parentElement !== list) list.append(item);
    }
    this.#count();
  }

  #make(id) {
    const item = fromTemplate("live-staged");
    item.dataset.staged = String(id);
    for (const form of all("form", item)) {
      form.action = form.getAttribute("action").replace("/questions/0/", `/questions/${id}/`);
      form.dataset.about = String(id);
    }
    const link = item.querySelector("[data-private]");
    link.href = link.getAttribute("href").replace("/questions/0/", `/questions/${id}/`);
    const input = item.querySelector(".input");
    input.id = `staged-reason-${id}`;
    item.querySelector("label").htmlFor = input.id;
    return item;
  }

  #count() {
    const number = this.lists.pending.childElementCount;
    need("[data-stage-count]", this.element).textContent = String(number);
    need("[data-stage-empty]", this.element).hidden = number > 0;
    if (number > 0) need('[data-stage-part="pending"]', this.element).hidden = false;
    need('[data-stage-part="declined"]', this.element).hidden = this.lists.declined.childElementCount === 0;
  }

  #isNew() {
    this.fresh += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      announce(this.fresh === 1 ? "One question waits for your approval" : `${this.fresh} questions wait for your approval`);
      this.fresh = 0;
    }, QUIET);
  }
}
