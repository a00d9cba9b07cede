// A session's page: applies what the channel tells, sends what people press, and keeps the time on record going.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, element } from "../../core/dom.js";
import { startHeartbeat } from "./heartbeat.js";
import { follow, sessionOf } from "./hub.js";
import { initials } from "./names.js";
import { forgetRepeat, repeatLater, repeatNow } from "./next-line.js";
import { Queue } from "./queue.js";
import { attestedKeys, showFindings } from "../privacy/findings.js";

const EVENTS = {
  answering: "question.answering",
  answer: "question.answer",
  merge: "question.merge",
  skip: "question.skip",
  hide: "question.hide",
  reopen: "question.reopen",
  later: "question.later",
  move: "question.move",
  label: "question.label",
  approve: "question.approve",
  decline: "question.decline",
};
const PANES = ["chat", "stage", "people"];
// A thousand pages must not come back in the same moment.
const SPREAD = 2500;

export function connect(root, { signal }) {
  const page = new Page(root, signal);
  follow(root, {
    signal,
    onMessage: (message) => page.hear(message),
    onEphemeral: (message) => page.seePeople(message),
    onRefused: () => page.say("You can no longer follow this session. Reload the page to see why."),
  });
  page.listen();
  if (root.dataset.sessionState === "live" && root.dataset.joined === "true") {
    startHeartbeat(page.session, { signal, onPulse: (pulse) => page.feel(pulse) });
  }
}

class Page {
  constructor(root, signal) {
    Object.assign(this, { root, signal, session: sessionOf(root), queue: new Queue(root, { signal }), reloading: false });
    this.me = Number(document.body.dataset.userId) || null;
    restore(root, this.session);
  }

  hear({ kind, data }) {
    if (data.session) this.#applySession(data.session);
    if (data.order) this.queue.setOrder(data.order);
    for (const question of data.questions ?? []) {
      const isNew = question.state && !this.queue.find(question.id);
      const before = this.queue.find(question.id)?.dataset.state;
      this.queue.apply(question);
      if (isNew && !this.queue.isOwn(question)) this.#newQuestion();
      if (question.state === "answering" && before !== "answering") announce(`Answering now: ${question.body}`);
    }
    if (kind === "session.started" && this.root.dataset.sessionState === "scheduled") this.#openAgain("The session has started. This page opens it.");
    if (kind === "session.ended") this.#end();
    if (kind === "session.archived") this.#openAgain("The session has ended. Its questions are threads now.");
    if (kind === "session.cancelled") this.#openAgain("The session was canceled.");
  }

  seePeople({ kind, data }) {
    if (kind !== "presence.changed") return;
    for (const one of all("[data-present]", this.root)) one.textContent = String(data.count);
    for (const one of all("[data-present-line]", this.root)) one.hidden = false;
    const list = this.root.querySelector("[data-people]");
    if (list && data.people) showPeople(list, data.people, new Set(this.root.dataset.mentors.split(" ").map(Number)));
  }

  feel(pulse) {
    this.root.dispatchEvent(new CustomEvent("live:pulse", { detail: pulse }));
    for (const one of all("[data-my-minutes]", this.root)) one.textContent = String(Math.floor(pulse.seconds / 60));
    if (pulse.state === "ended") this.#end();
    if (pulse.state === "gone") this.say("You are no longer a member here, so your time is not recorded.");
  }

  say(text) {
    const place = this.root.querySelector("[data-live-note]");
    if (place) place.textContent = text;
    else announce(text);
  }

  listen() {
    const { root, signal } = this;
    delegate(root, "submit", "[data-vote-form]", (event, form) => this.#vote(event, form), { signal });
    delegate(root, "submit", "[data-ask]", (event, form) => this.#ask(event, form), { signal });
    delegate(root, "submit", "[data-control]", (event, form) => this.#control(event, form), { signal });
    delegate(root, "submit", "[data-next]", (event) => this.#send(event, "question.next", {}), { signal });
    delegate(root, "submit", "[data-extend]", (event) => this.#send(event, "session.extend", { minutes: 5 }), { signal });
    delegate(root, "click", "[data-pane-button]", (_event, button) => this.#pane(button.dataset.paneButton), { signal });
    delegate(root, "keydown", "#ask-body, #chat-body", sendOnEnter, { signal });
    addEventListener("pagehide", () => keep(root, this.session), { signal });
    const panes = root.querySelector("[data-panes]");
    if (panes) {
      panes.hidden = false;
      this.#pane(paneOf(root, location.hash));
      addEventListener("hashchange", () => location.hash && this.#pane(paneOf(root, location.hash)), { signal });
    }
  }

  async #vote(event, form) {
    event.preventDefault();
    const item = form.closest("[data-question]");
    const button = form.querySelector("button");
    if (form.dataset.busy) return;
    const wanted = button.getAttribute("aria-pressed") !== "true";
    form.dataset.busy = "true";
    this.queue.support(item, wanted);
    try {
      const { question } = await send(wanted ? "question.vote" : "question.unvote", this.#about(item));
      this.queue.apply({ id: question.id, score: question.score });
    } catch (error) {
      this.queue.support(item, !wanted);
      this.say(error.message);
    } finally {
      delete form.dataset.busy;
    }
  }

  async #ask(event, form) {
    event.preventDefault();
    const field = form.elements.body;
    const error = form.querySelector("[data-ask-error]");
    const body = field.value.trim();
    if (!body) return field.focus();
    if (repeatLater(form)) return;
    error.hidden = true;
    field.removeAttribute("aria-invalid");
    try {
      const pseudonym = form.elements.pseudonym?.value || null;
      const { question } = await send("question.ask", { session_id: this.session, body, pseudonym, attested: attestedKeys(form) });
      if (field.value.trim() === body) {
        field.value = "";
        showFindings(form, []);
      }
      this.queue.own(question.id);
      this.queue.apply(question);
      const waits = question.state === "pending";
      if (waits) this.root.dispatchEvent(new CustomEvent("live:pending", { detail: question }));
      announce(waits ? "Your question waits for approval." : "Your question is in the queue.");
    } catch (problem) {
      forgetRepeat(form);
      const found = problem.details?.findings;
      error.querySelector("[data-text]").textContent = found ? problem.message : (problem.fields?.body?.[0] ?? problem.fields?.pseudonym?.[0] ?? problem.message);
      if (found) showFindings(form, found);
      error.hidden = false;
      field.setAttribute("aria-invalid", "true");
      field.focus();
    } finally {
      repeatNow(form);
    }
  }

  async #control(event, form) {
    const values = Object.fromEntries(new FormData(form, event.submitter));
    const name = EVENTS[values.do];
    if (!name) return;
    const about = form.dataset.about ?? form.closest("[data-question]")?.dataset.question;
    const extra = { ...values };
    delete extra.do;
    delete extra.csrf_token;
    for (const field of ["attested", "attested_keys", "wording"]) delete extra[field];
    const attested = attestedKeys(form);
    if (attested.length > 0) extra.attested = attested;
    for (const field of ["into_id", "days"]) if (extra[field] !== undefined) extra[field] = Number(extra[field]);
    if (values.do === "label") extra.labels = new FormData(form).getAll("labels");
    if (values.do === "move") this.queue.expectOrder();
    const done = await this.#send(event, name, { question_id: Number(about), ...extra });
    if (done) form.dispatchEvent(new CustomEvent("live:done", { bubbles: true }));
  }

  async #send(event, name, payload) {
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    this.say("");
    try {
      const answer = await send(name, { session_id: this.session, ...payload });
      if (answer.question) this.queue.apply(answer.question);
      return true;
    } catch (error) {
      this.say(error.message);
      return false;
    } finally {
      if (button) button.disabled = false;
    }
  }

  #about(item) {
    return { session_id: this.session, question_id: Number(item.dataset.question) };
  }

  #applySession(session) {
    const { root } = this;
    if ("going_count" in session) for (const one of all("[data-going]", root)) one.textContent = String(session.going_count);
    if ("waiting_count" in session) {
      for (const one of all("[data-waiting]", root)) one.textContent = String(session.waiting_count);
      for (const one of all("[data-waiting-line]", root)) one.hidden = session.waiting_count === 0;
    }
    if ("title" in session) for (const one of all("[data-session-title]", root)) one.textContent = session.title;
    if ("ends_at" in session) {
      for (const one of all("time[data-remaining]", root)) one.dateTime = session.ends_at;
      const zone = root.dataset.zone || undefined;
      const words = new Date(session.ends_at).toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
      for (const one of all("[data-ends-at]", root)) one.textContent = words;
    }
    if ("starts_at" in session) for (const one of all(".lobby-clock time", root)) one.dateTime = session.starts_at;
  }

  #newQuestion() {
    clearTimeout(this.newTimer);
    this.newCount = (this.newCount ?? 0) + 1;
    this.newTimer = setTimeout(() => {
      announce(this.newCount === 1 ? "One new question" : `${this.newCount} new questions`);
      this.newCount = 0;
    }, 1500);
  }

  #end() {
    for (const one of all("[data-ended]", this.root)) one.hidden = false;
    for (const one of all(".live-main form button, .live-chat form button", this.root)) one.disabled = true;
  }

  // Somebody who is writing is not interrupted; what they wrote is kept over the reload either way.
  #openAgain(words) {
    if (this.reloading) return;
    this.reloading = true;
    announce(words);
    this.say(words);
    setTimeout(() => location.reload(), 300 + Math.random() * SPREAD);
  }

  #pane(name) {
    const panes = this.root.querySelector("[data-panes-of]");
    panes.dataset.pane = name;
    for (const one of all("[data-pane-button]", this.root)) one.setAttribute("aria-pressed", String(one.dataset.paneButton === name));
    panes.dispatchEvent(new CustomEvent("live:pane", { bubbles: true, detail: name }));
  }
}

// A link into the page opens the part that holds what it leads to; without one, the questions are shown.
function paneOf(root, hash) {
  const target = hash ? document.getElementById(hash.slice(1)) : null;
  return PANES.find((name) => target && root.querySelector(`.live-${name}`)?.contains(target)) ?? "questions";
}

// Enter sends, Shift and Enter begins a new line; while letters are being composed, Enter belongs to the keyboard.
function sendOnEnter(event, field) {
  // A suggested name that is being chosen has taken the key already.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
  event.preventDefault();
  field.form.requestSubmit();
}

function showPeople(list, people, mentors) {
  const rows = people.map((person) => {
    const name = element("span", {}, person.display_name);
    if (mentors.has(person.id)) name.append(" ", element("span", { class: "badge badge--accent" }, "Leads"));
    return element("li", {}, element("span", { class: `avatar avatar--s hue-${person.id % 8}`, "aria-hidden": "true" }, initials(person.display_name)), name);
  });
  list.replaceChildren(...rows);
}

const KEPT = "#ask-body, #ask-as, #chat-body";

// What somebody was writing survives the reload that opens a session.
function keep(root, session) {
  for (const field of all(KEPT, root)) {
    const key = `live:${session}:${field.id}`;
    if (field.value.trim()) sessionStorage.setItem(key, field.value);
    else sessionStorage.removeItem(key);
  }
}

function restore(root, session) {
  for (const field of all(KEPT, root)) {
    const key = `live:${session}:${field.id}`;
    field.value ||= sessionStorage.getItem(key) ?? "";
    // A pseudonym that fits no more becomes the coarsest one, never the name.
    if (field.matches("select") && field.selectedIndex < 0) field.selectedIndex = field.options.length - 1;
    sessionStorage.removeItem(key);
  }
}
