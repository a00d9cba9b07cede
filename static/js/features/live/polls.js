// Polls on a session's page: votes go out, results come in and grow. What everybody may see comes over the session's channel, what
// only those who lead see over theirs, and results that are shown after voting over one that is opened with one's own vote.

import { announce } from "../../core/announce.js";
import { openChannel, send } from "../../core/channel.js";
import { all, delegate, element, need } from "../../core/dom.js";
import { attestedKeys, showFindings } from "../privacy/findings.js";
import { follow, sessionOf } from "./hub.js";
import { showResults } from "./poll-bars.js";
import { buildFields, readBallot, swapRanks } from "./poll-form.js";
import { listenToGrouping, makeDraggable, showGrouping } from "./poll-grouping.js";
import { KINDS, STATES } from "./poll-words.js";

const COMMANDS = { open: "poll.open", close: "poll.close", discuss: "poll.close", show: "poll.results", hide: "poll.results" };

export function connect(root, { signal }) {
  const state = JSON.parse(need("[data-polls-state]", root).textContent);
  new Polls(root, state, signal).start();
}

class Polls {
  constructor(root, { polls, ballots, leads, seq, round_seq: roundSeq }, signal) {
    Object.assign(this, { root, leads, seq, roundSeq, signal, session: sessionOf(root), rounds: new Map() });
    [this.list, this.earlier] = all("[data-poll-list]", root);
    this.polls = new Map(polls.map((one) => [one.id, one]));
    this.mine = new Map(ballots.map((one) => [one.poll_id, one]));
  }

  start() {
    const { root, signal } = this;
    // Those who lead hear everything on their own channel, so what everybody hears has nothing new for them but the numbers.
    follow(root, { signal, onMessage: ({ kind, data }) => data.polls && this.#take(data.polls, { partial: this.leads && kind !== "poll.voted" }) });
    if (this.leads) {
      const desk = openChannel({ channel: `polldesk:${this.session}`, since: this.seq, onMessage: ({ data }) => this.#desk(data) });
      signal.addEventListener("abort", () => desk.close(), { once: true });
      makeDraggable(root);
    }
    for (const poll of this.polls.values()) this.#followRound(poll, this.roundSeq);
    delegate(root, "submit", "[data-poll-form]", (event, form) => this.#vote(event, form), { signal });
    delegate(root, "submit", "[data-poll-control]", (event, form) => this.#control(event, form), { signal });
    delegate(root, "change", ".poll-rank select", (_event, select) => swapRanks(select), { signal });
    root.addEventListener("countdown:reached", (event) => this.#timeUp(event), { signal });
    listenToGrouping(root, {
      signal,
      move: (item, into) => this.#answer(item, "poll.group", { into_id: into }),
      hide: (item, hidden) => this.#answer(item, "poll.hide_answer", { hidden }),
    });
  }

  // `partial`: results that are missing here are known from elsewhere and stay.
  #take(found, { partial = false } = {}) {
    for (const told of found) {
      const before = this.polls.get(told.id);
      if (!before && !told.question) continue;
      const poll = { ...before, ...(before && (partial || this.#sawMore(before, told)) ? withoutGaps(before, told) : told) };
      this.polls.set(poll.id, poll);
      if (before && before.round !== poll.round) this.mine.delete(poll.id);
      if (poll.state === "draft") continue;
      this.#show(poll, before);
      this.#followRound(poll);
    }
    this.#arrange();
    this.root.hidden = !this.leads && this.list.childElementCount === 0;
  }

  // Whoever has voted knows results that are not told to everybody.
  #sawMore(before, told) {
    return before.results_when === "voted" && this.mine.has(before.id) && told.reveal !== "hidden" && told.round === before.round;
  }

  #desk({ polls = [], gone = [] }) {
    this.#take(polls);
    for (const id of gone) this.polls.delete(id);
    const drafts = [...this.polls.values()].filter((one) => one.state === "draft");
    const known = new Set(drafts.map((one) => String(one.id)));
    for (const item of all("[data-draft]", this.root)) if (!known.has(item.dataset.draft)) item.remove();
    for (const one of drafts) this.#showDraft(one);
    for (const one of all("[data-draft-count]", this.root)) one.textContent = String(drafts.length);
  }

  #showDraft(poll) {
    let item = this.root.querySelector(`[data-draft="${poll.id}"]`);
    if (!item) {
      item = need("[data-draft-row]", this.root).content.firstElementChild.cloneNode(true);
      item.dataset.draft = poll.id;
      for (const one of all("form[action], a[href]", item)) {
        const name = one.hasAttribute("action") ? "action" : "href";
        one.setAttribute(name, one.getAttribute(name).replace(/\/polls\/\d+\//, `/polls/${poll.id}/`));
      }
      for (const one of all(".visually-hidden", item)) one.textContent = ` ${poll.question}`;
      need("[data-poll-drafts]", this.root).append(item);
    }
    item.querySelector("[data-draft-question]").textContent = poll.question;
    item.querySelector("[data-draft-kind]").textContent = [KINDS[poll.kind], poll.is_anonymous && "anonymous", poll.two_rounds && "vote twice", poll.timer_seconds && `${poll.timer_seconds} s`].filter(Boolean).join(", ");
  }

  // Results after voting: whoever has voted in this round, or leads, hears them from now on.
  #followRound(poll, since) {
    const round = poll.rounds?.at(-1);
    const wanted = poll.results_when === "voted" && poll.state === "open" && (this.mine.has(poll.id) || this.leads);
    if (!round || !wanted || this.rounds.has(round.id)) return;
    const channel = openChannel({
      channel: `pollround:${round.id}`,
      since: since ?? 0,
      onMessage: ({ data }) => data.polls && this.#take(data.polls, { partial: this.leads }),
    });
    this.rounds.set(round.id, channel);
    this.signal.addEventListener("abort", () => channel.close(), { once: true });
  }

  async #vote(event, form) {
    event.preventDefault();
    const card = form.closest("[data-poll]");
    const poll = this.polls.get(Number(card.dataset.poll));
    if (form.dataset.busy) return;
    form.dataset.busy = "true";
    this.#problem(form, "");
    try {
      const { receipt } = await send("poll.vote", { session_id: this.session, poll_id: poll.id, ...readBallot(poll, form), attested: attestedKeys(form) });
      this.mine.set(poll.id, { poll_id: poll.id, round: receipt.round, kept: receipt.kept, score: null });
      showFindings(form, []);
      if (receipt.poll) this.#take([receipt.poll], { partial: this.leads });
      else this.#show(this.polls.get(poll.id), this.polls.get(poll.id));
      this.#followRound(this.polls.get(poll.id), receipt.seq ?? 0);
      announce("Your vote is in.");
      if (form.hidden) card.focus({ preventScroll: true });
    } catch (problem) {
      if (problem.details?.findings) showFindings(form, problem.details.findings);
      this.#problem(form, problem.message);
    } finally {
      delete form.dataset.busy;
    }
  }

  #problem(form, words) {
    const place = form.querySelector("[data-poll-error]");
    place.querySelector("[data-text]").textContent = words;
    place.hidden = !words;
  }

  async #control(event, form) {
    const what = event.submitter?.value || form.elements.do?.value;
    // Deleting a draft is the server's page: it comes back with what is left.
    if (!COMMANDS[what]) return;
    event.preventDefault();
    const id = Number(form.action.match(/\/polls\/(\d+)\//)[1]);
    const extra = what === "discuss" || what === "close" ? { discuss: what === "discuss" } : what === "open" ? {} : { shown: what === "show" };
    await this.#send(COMMANDS[what], { poll_id: id, ...extra }, event.submitter);
  }

  #answer(item, name, extra) {
    const poll = Number(item.closest("[data-poll]").dataset.poll);
    return this.#send(name, { poll_id: poll, group_id: Number(item.dataset.group), ...extra });
  }

  async #send(name, payload, button) {
    const note = need("[data-polls-note]", this.root);
    note.textContent = "";
    if (button) button.disabled = true;
    try {
      const { poll } = await send(name, { session_id: this.session, ...payload });
      this.#desk({ polls: [poll] });
    } catch (error) {
      note.textContent = error.message;
    } finally {
      if (button) button.disabled = false;
    }
  }

  #timeUp(event) {
    const card = event.target.closest("[data-poll]");
    const form = card?.querySelector("[data-poll-form]");
    if (form) form.hidden = true;
    if (card) announce("The time of the poll is up.");
  }

  #show(poll, before) {
    const card = this.root.querySelector(`[data-poll="${poll.id}"]`) ?? this.#newCard(poll);
    const isNew = before?.state !== poll.state || before?.round !== poll.round;
    card.dataset.state = poll.state;
    this.#head(card, poll);
    this.#form(card, poll, isNew);
    showResults(card.querySelector("[data-poll-results]"), poll);
    this.#solution(card, poll);
    if (this.leads) this.#buttons(card, poll);
    if (isNew && before?.state !== undefined && before.state !== "draft") announce(`Poll: ${STATES[poll.state]}. ${poll.question}`);
    else if (isNew) announce(`New poll: ${poll.question}`);
  }

  // On top is what is asked or discussed now, or what was asked last; a card that somebody is busy in stays where it is.
  #arrange() {
    const asked = [...this.polls.values()].filter((one) => one.rounds.length > 0).toSorted((one, other) => other.rounds.at(-1).opened_at.localeCompare(one.rounds.at(-1).opened_at));
    const active = asked.filter((one) => ["open", "discussing"].includes(one.state));
    const now = new Set(active.length > 0 ? active : asked.slice(0, 1));
    for (const poll of asked.toReversed()) {
      const card = this.root.querySelector(`[data-poll="${poll.id}"]`);
      const list = now.has(poll) ? this.list : this.earlier;
      if (card && card.parentElement !== list && !card.contains(document.activeElement)) list.prepend(card);
    }
    const count = this.earlier.childElementCount;
    need("[data-polls-earlier]", this.root).hidden = count === 0;
    need("[data-earlier-count]", this.root).textContent = String(count);
  }

  #newCard(poll) {
    const card = need("[data-poll-card]", this.root).content.firstElementChild.cloneNode(true);
    card.id = `poll-${poll.id}`;
    card.dataset.poll = poll.id;
    const question = card.querySelector(".poll-question");
    question.id = `poll-${poll.id}-question`;
    question.textContent = poll.question;
    card.setAttribute("aria-labelledby", question.id);
    for (const form of all("form[action]", card)) form.setAttribute("action", form.getAttribute("action").replace(/\/polls\/\d+\//, `/polls/${poll.id}/`));
    this.list.prepend(card);
    return card;
  }

  #head(card, poll) {
    const badge = card.querySelector("[data-poll-state]");
    badge.textContent = STATES[poll.state];
    badge.classList.toggle("badge--live", poll.state === "open");
    card.querySelector("[data-poll-kind]").textContent = `${KINDS[poll.kind]}${poll.is_anonymous ? ", anonymous" : ""}${poll.round > 1 ? `, vote ${poll.round}` : ""}`;
    card.querySelector("[data-poll-voters]").textContent = String(poll.voters);
    const ends = poll.state === "open" ? poll.rounds.at(-1)?.ends_at : null;
    const time = card.querySelector("[data-poll-time]");
    time.hidden = !ends;
    const clock = time.querySelector("time");
    if (ends && Date.parse(clock.dateTime) !== Date.parse(ends)) {
      const fresh = element("time", { class: "numeric", "data-countdown": true, datetime: ends });
      clock.replaceWith(fresh);
    }
  }

  // The fields are made anew only with a new round, so that nobody's half-made choice is lost.
  #form(card, poll, isNew) {
    const form = card.querySelector("[data-poll-form]");
    const mine = this.mine.get(poll.id);
    const note = card.querySelector("[data-poll-mine]");
    note.hidden = !mine;
    if (mine) note.querySelector("[data-text]").textContent = poll.may_change && poll.state === "open" ? "Your vote is in. You can change it until the poll is closed." : "Your vote is in.";
    if (!form) return;
    form.hidden = poll.state !== "open" || (mine !== undefined && (!poll.may_change || poll.is_anonymous));
    card.querySelector("[data-poll-submit]").textContent = mine ? "Change my vote" : "Vote";
    if (!isNew || form.hidden) return;
    const behavior = { differential: "thread/shares", text: "privacy/check" }[poll.kind];
    delete form.dataset.controller;
    card.querySelector("[data-poll-fields]").replaceChildren(buildFields(poll, mine?.kept));
    if (behavior) form.dataset.controller = behavior;
    card.querySelector("[data-poll-privacy]").textContent = poll.is_anonymous
      ? "Anonymous: only that you have voted is kept, not what. No page, table or log says who voted what, and a vote cannot be changed."
      : "Your name is kept with your vote. Others see the sums; the people who lead the session can see votes with names.";
    this.#problem(form, "");
  }

  #solution(card, poll) {
    const place = card.querySelector("[data-poll-solution]");
    place.hidden = poll.state !== "closed" || !poll.solution;
    if (place.hidden) return;
    place.querySelector("[data-poll-right]").textContent = poll.solution.correct.map((one) => poll.options[one - 1]).join("; ");
    place.querySelector("[data-poll-rationale]").textContent = poll.solution.rationale;
  }

  #buttons(card, poll) {
    const right = poll.solution?.correct.length > 0;
    const is = {
      draft: poll.state === "draft",
      open: poll.state === "open",
      discussing: poll.state === "discussing",
      again: poll.state === "discussing" || (poll.state === "closed" && !right),
      held: poll.reveal !== "shown" && (poll.state !== "closed" || poll.reveal === "hidden"),
      told: poll.reveal !== "hidden",
    };
    for (const button of all("[data-when]", card)) button.hidden = !button.dataset.when.split(" ").some((name) => is[name]);
    const close = card.querySelector('[data-when="open discussing"]');
    close.textContent = right ? "Close and show the answer" : "Close";
    card.querySelector("[data-poll-sight]").hidden = poll.reveal === "shown" || (poll.reveal === "auto" && (poll.state === "closed" || poll.results_when === "live"));
    showGrouping(card.querySelector("[data-poll-grouping]"), poll);
  }
}

// What those who lead know beyond everybody else: results and the solution.
function withoutGaps(before, told) {
  const kept = { ...told };
  if (told.solution === null) kept.solution = before.solution;
  if (told.shift === null) kept.shift = before.shift;
  if (told.rounds) kept.rounds = told.rounds.map((round) => (round.results ? round : { ...round, results: before.rounds?.find((one) => one.id === round.id)?.results ?? null }));
  return kept;
}
