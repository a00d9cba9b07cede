// The questions of a session as a list that is kept true. Every message brings a question's present state, so applying one twice
// changes nothing. An item is moved only when its place is another one, and never under somebody's pointer.

import { all, element, fill, fromTemplate } from "../../core/dom.js";
import { isFilteredOut } from "./options.js";

const SETTLE = 800;
const PATIENCE = 5000;
const LISTS = { answering: "answering", open: "open", answered: "done", later: "done", skipped: "done", hidden: "done" };
const BEFORE_REASON = { skipped: "Skipped: ", hidden: "Hidden: " };
// What is not shown to everybody is no part of the queue, whoever looks.
const UNSEEN = new Set(["pending", "declined"]);
const ANSWERED = { live: "answered live", writing: "answered in writing", later: "to be answered in writing" };
const STANDING = new Set(["open", "answering"]);

export class Queue {
  #root;
  #me;
  #timer = null;
  #since = 0;
  #isPointed = false;
  #isMoving = false;
  #own;
  #order;

  /** root: the element of the whole session. */
  constructor(root, { signal }) {
    this.#root = root;
    this.#me = Number(document.body.dataset.userId) || null;
    const list = this.#list("open");
    this.#own = numbers(list?.dataset.ownQuestions);
    this.#order = placesOf(numbers(list?.dataset.order));
    list?.addEventListener("pointerenter", () => (this.#isPointed = true), { signal });
    list?.addEventListener("pointerleave", () => (this.#isPointed = false), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  /** The item of a question, or null. */
  find(id) {
    return this.#root.querySelector(`[data-question="${Number(id)}"]`);
  }

  /** The items in one of the lists: open, answering, done; a page may lack some of them. */
  items(name) {
    const list = this.#list(name);
    return list ? all(":scope > [data-question]", list) : [];
  }

  /** Tell whether a question is the reader's own, also under a pseudonym. */
  isOwn(question) {
    return this.#own.has(question.id) || (this.#me !== null && question.author?.id === this.#me);
  }

  /** Remember a question that the reader asked here; only its author knows it of one under a pseudonym. */
  own(id) {
    this.#own.add(id);
  }

  /** Take over the order that who leads made by hand; the votes decide about the others. */
  setOrder(ids) {
    this.#order = placesOf(ids);
    if (this.#isPointed && !this.#isMoving) return this.#settleSoon();
    this.#isMoving = false;
    this.#settle({ now: true });
  }

  /** Whoever moves a question sees it move at once, also under the own pointer. */
  expectOrder() {
    this.#isMoving = true;
  }

  /** Bring one question up to what the server says; a partial one carries only what changed. */
  apply(question) {
    if (UNSEEN.has(question.state)) return null;
    const item = this.find(question.id) ?? (question.state ? this.#make(question.id) : null);
    if (!item) return null;
    if (question.state) this.#write(item, question);
    if ("score" in question) this.#score(item, question.score);
    if ("thread_id" in question) this.#thread(item, question.thread_id);
    if (question.state) this.#place(item);
    else this.#settleSoon();
    this.count();
    return item;
  }

  /** Show whether the reader supports a question. */
  support(item, voted) {
    const form = item.querySelector(":scope > .queue-support [data-vote-form]");
    if (!form) return;
    form.querySelector("button").setAttribute("aria-pressed", String(voted));
    form.elements.vote.value = voted ? "0" : "1";
  }

  /** Write how many there are of each, and show what an empty list says. */
  count() {
    for (const name of ["open", "answering", "done"]) {
      const list = this.#list(name);
      if (!list) continue;
      const number = list.childElementCount;
      for (const one of all(`[data-count="${name}"]`, this.#root)) one.textContent = String(number);
      for (const one of all(`[data-empty="${name}"]`, this.#root)) one.hidden = number > 0;
    }
    const done = this.#root.querySelector("[data-done]");
    if (done) done.hidden = this.#list("done").childElementCount === 0;
  }

  #list(name) {
    return this.#root.querySelector(`[data-list="${name}"]`);
  }

  #make(id) {
    const item = fromTemplate("live-question");
    item.id = `question-${id}`;
    item.dataset.question = String(id);
    for (const form of all("form", item)) form.action = form.getAttribute("action").replace("/questions/0/", `/questions/${id}/`);
    for (const link of all("a[data-manage]", item)) link.href = link.getAttribute("href").replace(/\/0$/, `/${id}`);
    return item;
  }

  #write(item, question) {
    const own = this.isOwn(question);
    const concealed = question.state === "hidden";
    item.dataset.state = question.state;
    item.dataset.mergedInto = question.merged_into_id ?? "";
    item.dataset.author = question.author?.id ?? "";
    item.dataset.masked = String(question.author?.is_pseudonym === true);
    this.#labels(item, question.labels);
    const part = item.querySelector(":scope > .queue-body");
    // Only this question's own fields: those of the ones merged into it stand further in.
    for (const one of all(`[data-field="body"]`, item)) {
      if (one.closest("[data-question]") === item) one.textContent = question.body;
    }
    part.querySelector(":scope > .queue-text").hidden = concealed;
    const meta = part.querySelector(":scope > .queue-meta");
    fill(meta, { author: question.author?.display_name ?? "Hidden author" });
    const mark = meta.querySelector("[data-own]");
    mark.hidden = !own;
    mark.textContent = question.author?.is_pseudonym ? "you, under a pseudonym" : "your question";
    const due = question.due_at ? ` by ${new Date(question.due_at).toLocaleDateString("en-US", { timeZone: this.#root.dataset.zone || undefined, month: "short", day: "numeric", year: "numeric" })}` : "";
    const answered = ["answered", "later"].includes(question.state) && ANSWERED[question.answer_kind];
    fill(meta, { answered: answered ? answered + due : false, standing: question.author?.is_verified && question.author.is_pseudonym ? "Profession verified" : false });
    const reason = part.querySelector(":scope > .queue-reason");
    reason.textContent = question.state_reason ? `${BEFORE_REASON[question.state] ?? ""}${question.state_reason}` : "";
    reason.hidden = !question.state_reason;
    this.#answer(part.querySelector(":scope > [data-answer]"), question);
    const stands = STANDING.has(question.state);
    const form = item.querySelector(":scope > .queue-support [data-vote-form]");
    if (form) form.hidden = own || !stands;
    item.querySelector(":scope > .queue-support [data-static]").hidden = Boolean(form) && !own && stands;
    for (const one of all("[data-when]", item)) {
      if (one.closest("[data-question]") === item) one.hidden = !one.dataset.when.split(" ").includes(question.state);
    }
  }

  // What the server rendered stays as long as the words are the same; new words are shown plainly until the page is loaded again.
  #answer(place, question) {
    if ((place.dataset.source ?? "") === question.answer_md) return;
    place.dataset.source = question.answer_md;
    place.replaceChildren(...question.answer_md.split(/\n{2,}/).filter(Boolean).map((text) => element("p", { class: "is-plain" }, text)));
    place.hidden = !question.answer_md;
  }

  #labels(item, labels) {
    item.dataset.labels = labels.join(",");
    const place = item.querySelector(":scope > .queue-body > [data-label-list]");
    place.replaceChildren(...labels.map((label) => element("span", { class: "badge" }, label)));
    place.hidden = labels.length === 0;
  }

  #score(item, score) {
    item.dataset.score = String(score);
    for (const one of all(':scope > .queue-support [data-field="score"]', item)) one.textContent = String(score);
  }

  #thread(item, threadId) {
    const place = item.querySelector(":scope > .queue-body > .queue-meta [data-thread]");
    place.hidden = !threadId;
    if (threadId) place.querySelector("a").href = `${this.#root.dataset.threadAddress}${threadId}`;
  }

  #place(item) {
    const state = item.dataset.state;
    const before = item.parentElement?.closest("[data-question]");
    const target = state === "merged" ? this.find(item.dataset.mergedInto) : null;
    const list = target ? target.querySelector("[data-merged]") : this.#list(LISTS[state] ?? "done");
    if (!list) return;
    item.hidden = list === this.#list("open") && isFilteredOut(item, list);
    if (item.parentElement !== list) move(item, list, target ? null : this.#rightPlace(item, list));
    else if (list === this.#list("open")) this.#settleSoon();
    // What was merged into this one earlier comes along when this one is merged itself.
    if (target) for (const child of all(":scope > .queue-body > [data-merged] > [data-question]", item)) target.querySelector("[data-merged]").append(child);
    for (const one of [before, target]) if (one) alike(one);
  }

  // Votes come in bursts: the order follows once a second, and waits for a pointer that is about to press.
  #settleSoon() {
    if (this.#timer !== null) return;
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#settle(), SETTLE);
  }

  #settle({ now = false } = {}) {
    if (!now && this.#isPointed && performance.now() - this.#since < PATIENCE) {
      this.#timer = setTimeout(() => this.#settle(), SETTLE);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = null;
    const list = this.#list("open");
    if (!list) return;
    const wanted = all(":scope > [data-question]", list).toSorted((one, other) => this.#compare(one, other));
    for (const [index, item] of wanted.entries()) {
      if (list.children[index] !== item) move(item, list, list.children[index]);
    }
  }

  // Placed by hand first, in that order; then the most wanted, the earliest of equals.
  #compare(one, other) {
    const [first, second] = [one, other].map((item) => this.#order.get(Number(item.dataset.question)) ?? this.#order.size);
    return first - second || Number(other.dataset.score) - Number(one.dataset.score) || Number(one.dataset.question) - Number(other.dataset.question);
  }

  #rightPlace(item, list) {
    if (list.dataset.list === "answering") return list.firstElementChild;
    return [...list.children].find((one) => this.#compare(item, one) < 0) ?? null;
  }
}

function placesOf(ids) {
  return new Map([...ids].map((id, place) => [id, place]));
}

function numbers(text) {
  return new Set((text ?? "").split(" ").filter(Boolean).map(Number));
}


// Moving an element takes the focus from what is inside it; give it back.
function move(item, list, next) {
  const focused = item.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(item, next);
  if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

// Everybody who asked the same is named; a person who did so twice by name is named once.
function alike(item) {
  const merged = all(":scope > .queue-body > [data-merged] > [data-question]", item);
  const known = new Set([item.dataset.author].filter(Boolean));
  const names = [];
  for (const one of merged) {
    if (one.dataset.state === "hidden" || known.has(one.dataset.author)) continue;
    if (one.dataset.author) known.add(one.dataset.author);
    names.push(one.querySelector(':scope > .queue-body > .queue-meta [data-field="author"]').textContent);
  }
  const words = names.length > 0 ? `also asked by ${names.join(", ")}` : `${merged.length} more asked the same`;
  fill(item.querySelector(":scope > .queue-body > .queue-meta"), { alike: merged.length > 0 ? words : false });
}
