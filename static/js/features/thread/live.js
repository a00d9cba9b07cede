// Keeps an open thread up to date. New answers are added at their place without moving what is read; scores, marks and states
// follow. Everything is taken from the server as this reader may see it, and may arrive any number of times.

import { announce } from "../../core/announce.js";
import { openChannel } from "../../core/channel.js";
import { all, element as make, need } from "../../core/dom.js";
import { adopt, fetchPage } from "../../core/page.js";
import { NewBar } from "./new-bar.js";
import { keepPlace } from "./place.js";

const REDRAWN = new Set([
  "answer.accepted",
  "answer.unaccepted",
  "answer.endorsed",
  "answer.endorsement_withdrawn",
  "answer.disputed",
  "answer.dispute_changed",
  "answer.dispute_resolved",
  "answer.source_status_changed",
  "endorsement.changed",
  "endorsement.renewed",
  "endorsement.lapsed",
  "post.edited",
  "post.state_changed",
]);
// Said to whoever reads elsewhere on the page, because they may have relied on the answer.
const TOLD = {
  "answer.disputed": "An answer is disputed.",
  "answer.dispute_resolved": "A dispute about an answer was settled.",
  "answer.source_status_changed": "The status of a source has changed.",
};
const SUMMARIES = { take_home: "The take-home summary was changed.", case: "The case summary was changed." };
const STATES = {
  answered: "This thread was marked as answered.",
  reopened: "This thread is open again.",
  locked: "This thread was locked.",
  closed: "This thread was closed.",
  hidden: "This thread was hidden by the moderators.",
  moved_away: "This thread was moved to another room.",
};

export function connect(root, { signal }) {
  const thread = new LiveThread(root, signal);
  const channel = openChannel({
    channel: root.dataset.channel,
    since: Number(root.dataset.seq),
    onMessage: (message) => thread.hear(message),
  });
  return () => channel.close();
}

class LiveThread {
  constructor(root, signal) {
    Object.assign(this, { root, signal, id: Number(root.dataset.thread), work: Promise.resolve(), waiting: new Set() });
    this.answers = need("[data-answers]", root);
    this.bar = new NewBar(need("[data-new-bar]"), signal);
  }

  hear({ kind, data }) {
    if (data.from_thread_id === this.id) this.bar.say("This thread was merged into another one. Show", location.pathname);
    if (data.thread_id !== this.id) return;
    if (data.thread) this.#count(data.thread);
    if (kind.startsWith("step.") || kind.startsWith("outcome.")) this.#later("case", () => this.#redrawCase());
    else if (data.held_back) this.#later("reload", () => this.#reload());
    else if (kind === "vote.cast") this.#score(data);
    else if (kind === "answer.posted") this.#later(`new:${data.post_id}`, () => this.#addAnswer(data.post_id));
    else if (kind === "comment.posted") this.#later(`new:${data.post_id}`, () => this.#addComment(data.post_id, data.post.parent_id));
    else if (REDRAWN.has(kind)) {
      this.#later(`draw:${data.post_id}`, () => this.#redraw(data.post_id));
      if (TOLD[kind]) this.#tell(TOLD[kind], data.post_id);
    } else if (kind === "thread.summary_changed") this.#summaryChanged(data);
    else if (kind === "thread.merged") this.bar.say("Another thread was merged into this one. Show", location.pathname);
    else if (kind === "thread.split") this.bar.say("Some answers became a thread of their own. Show", location.pathname);
    else if (kind.startsWith("thread.")) this.#stateChanged(data);
  }

  // One fetch after the other, and what waits already is not asked for twice.
  #later(name, task) {
    if (this.waiting.has(name)) return;
    this.waiting.add(name);
    this.work = this.work.then(() => this.#perform(name, task));
  }

  async #perform(name, task) {
    this.waiting.delete(name);
    if (this.signal.aborted) return;
    try {
      await task();
    } catch (error) {
      // Hidden since, or out of reach: the next load of the page shows how it is.
      if (error.name !== "AbortError") console.warn("A change could not be shown.", error);
    }
  }

  async #fetch(postId) {
    const page = await fetchPage(this.root.dataset.fragment.replace("/POST/", `/${Number(postId)}/`), { signal: this.signal, background: true });
    return adopt(page.body.children)[0] ?? null;
  }

  async #addAnswer(postId) {
    if (this.#find(postId)) return;
    const { order, lastPage, firstPage } = this.root.dataset;
    const belongsHere = order === "newest" ? firstPage === "true" : lastPage === "true";
    if (!belongsHere) {
      this.bar.addElsewhere(this.root.dataset.postPage.replace("/POST", `/${Number(postId)}`));
      return;
    }
    const post = await this.#fetch(postId);
    if (!post || this.#find(postId)) return;
    keepPlace(() => (order === "newest" ? this.answers.prepend(post) : this.answers.append(post)));
    all("[data-no-answers]", this.root).forEach((one) => one.remove());
    this.#arrived(post);
    announce(post.getAttribute("aria-label"));
  }

  // Where readers answer first, a message says only that there is something; the page knows what this reader may see of it.
  async #reload() {
    const page = await fetchPage(location.href.split("#")[0], { signal: this.signal, background: true });
    const newest = this.root.dataset.order === "newest";
    for (const fresh of adopt(page.querySelectorAll("[data-answers] > [data-post-id]"))) {
      const old = this.#find(fresh.dataset.postId);
      if (old) this.#exchange(old, fresh);
      else {
        keepPlace(() => (newest ? this.answers.prepend(fresh) : this.answers.append(fresh)));
        all("[data-no-answers]", this.root).forEach((one) => one.remove());
        this.#arrived(fresh);
        announce(fresh.getAttribute("aria-label"));
      }
    }
  }

  // The steps and outcomes as this reader may see them now; where somebody writes or a menu is open, they stay until the next visit.
  async #redrawCase() {
    const page = await fetchPage(location.href.split("#")[0], { signal: this.signal, background: true });
    for (const selector of ["#outcomes", "#steps"]) {
      const old = document.querySelector(selector);
      const fresh = page.querySelector(selector);
      if (!old || !fresh || old.textContent === fresh.textContent) continue;
      if (old.contains(document.activeElement) || isFilledIn(old)) continue;
      const [taken] = adopt([fresh]);
      keepPlace(() => old.replaceWith(taken));
      window.htmx?.process(taken);
    }
  }

  #exchange(old, fresh) {
    const isBusy = old.contains(document.activeElement) || old.querySelector("#comment-form");
    if (isBusy || old.textContent === fresh.textContent) return;
    keepPlace(() => old.replaceWith(fresh));
    this.#arrived(fresh, { isNew: false });
  }

  async #addComment(postId, parentId) {
    const above = parentId === null ? document.getElementById("opening") : this.#find(parentId);
    if (!above || this.#find(postId) || above.querySelector("[data-more-comments]")) return;
    const comment = await this.#fetch(postId);
    if (!comment || this.#find(postId)) return;
    keepPlace(() => this.#commentsOf(above).append(comment));
    this.#arrived(comment);
    announce("New comment");
  }

  #commentsOf(post) {
    const found = post.querySelector("ol.comments");
    if (found) return found;
    const list = make("ol", { class: "comments", "aria-label": "Comments" });
    const body = need(".post-body", post);
    body.insertBefore(list, body.querySelector("#comment-form"));
    return list;
  }

  async #redraw(postId) {
    const old = this.#find(postId);
    if (!old) return;
    const fresh = await this.#fetch(postId);
    const now = this.#find(postId);
    if (!fresh || !now) return;
    if (now.contains(document.activeElement) && document.activeElement.matches("textarea, input")) {
      // Somebody writes a comment in there: when they are done.
      now.addEventListener("focusout", () => this.#later(`draw:${postId}`, () => this.#redraw(postId)), { once: true });
      return;
    }
    const writing = now.querySelector("#comment-form");
    if (writing) need(".post-body", fresh).append(writing);
    const focused = now.contains(document.activeElement) ? document.activeElement.id : "";
    keepPlace(() => now.replaceWith(fresh));
    this.#arrived(fresh, { isNew: false });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  #arrived(post, { isNew = true } = {}) {
    window.htmx?.process(post);
    if (!isNew) return;
    post.classList.add("is-arrived");
    this.bar.add(post);
  }

  #find(postId) {
    return document.getElementById(`post-${Number(postId)}`);
  }

  #count({ answer_count: answers, score }) {
    for (const one of all("[data-answer-count]")) one.textContent = String(answers);
    const heading = document.getElementById("answers");
    heading.textContent = `${answers} ${answers === 1 ? heading.dataset.one : heading.dataset.many}`;
    if (score !== undefined) setScore(document.getElementById("opening"), score);
  }

  #score({ post_id: postId, post }) {
    if (post) setScore(this.#find(postId), post.score);
  }

  #tell(words, postId) {
    const here = this.#find(postId);
    this.bar.say(`${words} Show`, here ? `#${here.id}` : this.root.dataset.postPage.replace("/POST", `/${Number(postId)}`));
    announce(words);
  }

  #summaryChanged({ summary }) {
    const words = SUMMARIES[summary];
    if (!words) return;
    this.bar.say(`${words} Show`, "#thread-notes");
    announce(words);
    this.#redrawTop();
  }

  #stateChanged({ change }) {
    if (change === "unhidden" || change === "moved_here") return;
    if (STATES[change]) this.bar.say(`${STATES[change]} Show`, location.pathname);
    if (change === "hidden" || change === "moved_away") return;
    this.#redrawTop();
  }

  #redrawTop() {
    this.#later("opening", async () => {
      const page = await fetchPage(location.pathname, { signal: this.signal, background: true });
      for (const selector of [".thread-status", "#thread-notes", "#opening"]) {
        const old = document.querySelector(selector);
        const fresh = page.querySelector(selector);
        if (!old || !fresh || old.contains(document.activeElement)) continue;
        const [taken] = adopt([fresh]);
        keepPlace(() => old.replaceWith(taken));
        window.htmx?.process(taken);
      }
    });
  }
}

function isFilledIn(root) {
  return all("textarea, input:not([type=hidden])", root).some((field) => field.value !== field.defaultValue);
}

function setScore(post, score) {
  const shown = post?.querySelector(":scope > .post-body > .post-actions [data-score]");
  const counted = shown ?? post?.querySelector(":scope > .post-body > .post-actions button .numeric");
  if (counted) counted.textContent = String(score);
}
