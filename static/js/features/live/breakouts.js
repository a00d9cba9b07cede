// Where am I in a breakout: keeps the card, the controls and the plan true, warns half a minute before the end of a round, and
// asks the server when a time has come. Everything shown is computed from the state that the server told.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, element } from "../../core/dom.js";
import { clock, serverNow } from "../../core/time.js";
import { follow, sessionOf } from "./hub.js";

const LISTS = ["breakout_groups", "breakout_stations", "breakout_rounds"];
const SPREAD = 2000;
const ASK_AGAIN = 5000;

export function connect(root, { signal }) {
  const part = new Breakout(root, signal);
  follow(root, { signal, onMessage: (message) => part.hear(message) });
  part.listen();
}

class Breakout {
  constructor(root, signal) {
    Object.assign(this, { root, signal, session: sessionOf(root), warned: "", asked: "", reloading: false });
    this.me = Number(document.body.dataset.userId) || null;
    this.state = JSON.parse(root.querySelector("[data-breakout-state]").textContent);
    this.shown = this.#identity();
    this.#draw();
  }

  hear({ data }) {
    if (!data.breakout) return;
    const before = this.#place();
    merge(this.state, data);
    this.#after(before);
  }

  listen() {
    const { root, signal } = this;
    delegate(root, "submit", "[data-steer]", (event, form) => this.#steer(event, form), { signal });
    const timer = setInterval(() => this.#tick(), 500);
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  // Another breakout or another group has other forms and another channel: those come with a fresh page.
  #after(before) {
    if (this.#identity() !== this.shown) {
      this.#openAgain(this.#group() ? `You are in ${this.#group().name} now.` : "The groups have changed.");
      return;
    }
    this.#draw();
    const now = this.#place();
    if (now.words !== before.words || now.phase !== before.phase) announce(`${now.phase}. ${now.words}`);
  }

  #identity() {
    const { breakout } = this.state;
    const formed = this.root.dataset.leads === "true" || this.state.breakout_groups.some((one) => !one.is_gone);
    const open = breakout && breakout.state !== "ended" && formed;
    return open ? `${breakout.id} ${this.#group()?.id ?? 0}` : "";
  }

  #current() {
    if (this.state.breakout?.state !== "running") return null;
    return this.state.breakout_rounds.find((one) => one.state !== "ended") ?? null;
  }

  #station() {
    return this.state.breakout_stations.find((one) => !one.is_gone && one.expert && one.expert.id === this.me) ?? null;
  }

  #group() {
    const own = this.#station();
    const current = this.#current() ?? (this.state.breakout?.state === "forming" ? this.state.breakout_rounds[0] : null);
    if (own) return this.#met(current, own);
    return this.state.breakout_groups.find((one) => one.people.some((person) => person.id === this.me)) ?? null;
  }

  #met(round, station) {
    const meeting = round?.meetings.find((one) => one.station_id === station.id && !one.cut_at);
    return this.state.breakout_groups.find((one) => one.id === meeting?.group_id) ?? null;
  }

  #where(round, group) {
    const meeting = round?.meetings.find((one) => one.group_id === group?.id && !one.cut_at);
    return this.state.breakout_stations.find((one) => one.id === meeting?.station_id) ?? null;
  }

  /** What the card says now. */
  #place() {
    const { breakout } = this.state;
    if (!breakout) return { phase: "", words: "" };
    const round = this.#current();
    const key = breakout.state === "running" ? (round?.state === "running" ? "round" : "changeover") : breakout.state;
    const phases = { forming: "Groups are being formed", changeover: "Change places", round: "Round under way", ended: "Everybody is back in the session" };
    const rotates = breakout.kind === "rotation";
    const own = this.#station();
    const group = this.#group();
    const station = own ?? (rotates ? this.#where(round ?? (key === "forming" ? this.state.breakout_rounds[0] : null), group) : null);
    const following = round ? this.state.breakout_rounds.find((one) => one.number === round.number + 1) : null;
    let words = this.root.dataset.leads === "true" ? "You lead the rounds" : "You are in no group";
    if (own) words = `${own.name}: ${group ? `${group.name} ${key === "round" ? "is with you" : "comes to you"}` : "no group in this round"}`;
    else if (group && !rotates) words = group.name;
    else if (station) words = key === "changeover" ? `Go to ${station.name}` : station.name;
    else if (group) words = key === "forming" ? group.name : `${group.name} pauses in this round`;
    let next = "back to the session";
    if (following && own) next = this.#met(following, own)?.name ?? "no group";
    else if (following) next = this.#where(following, group)?.name ?? "a pause";
    return { key, round, own, group, station, words, next, rotates, phase: breakout.paused_at ? "Paused" : phases[key] };
  }

  #draw() {
    const card = this.root.querySelector("[data-card]");
    const { breakout } = this.state;
    if (!card || !breakout) return;
    const place = this.#place();
    text(card, "round", place.round ? `Round ${place.round.number} of ${this.state.breakout_rounds.length}` : null);
    text(card, "phase", place.phase);
    text(card, "place", place.words);
    text(card, "topic", place.station?.topic ?? "");
    text(card, "expert", place.station?.expert?.display_name ?? "");
    text(card, "group", place.group?.name ?? "");
    text(card, "people", (place.group?.people ?? []).map((one) => one.display_name).join(", "));
    text(card, "next", place.next);
    row(card, "topic", Boolean(place.station?.topic));
    row(card, "expert", Boolean(!place.own && place.station?.expert));
    row(card, "people", Boolean(place.group));
    row(card, "next", Boolean(place.round && place.rotates && (place.group || place.own)));
    this.#clock(card, place);
    for (const one of all("[data-phase]", this.root)) one.hidden = !this.#applies(one.dataset.phase, place);
    for (const one of all("[data-when-in]", card)) one.hidden = !place.group;
    for (const one of all("[data-when-out]", card)) one.hidden = Boolean(place.group);
    this.#plan(place);
    this.#tick();
  }

  #applies(phase, place) {
    const paused = Boolean(this.state.breakout.paused_at);
    if (phase === "paused") return paused;
    if (phase === "running") return Boolean(place.round) && !paused;
    return phase === place.key;
  }

  #until() {
    const round = this.#current();
    if (!round) return null;
    const moment = round.state === "running" ? round.ends_at : round.starts_at;
    return moment ? { moment, at: Date.parse(moment), round } : null;
  }

  #clock(card, place) {
    const until = this.#until();
    const holder = card.querySelector("[data-clock]");
    holder.hidden = !until;
    if (!until) return;
    const paused = this.state.breakout.paused_at;
    const shown = paused
      ? element("span", { class: "numeric", "data-stands": true }, clock(until.at - Date.parse(paused)))
      : element("time", { class: "numeric", datetime: until.moment, "data-remaining": true }, clock(until.at - serverNow()));
    holder.firstElementChild.replaceWith(shown);
    text(card, "clock_words", place.key === "round" ? "left" : "to go");
  }

  #plan(place) {
    const table = this.root.querySelector("[data-plan]");
    if (!table) return;
    const rounds = this.state.breakout_rounds;
    const now = place.round?.number ?? 0;
    const heads = rounds.map((one) => element("th", { scope: "col", "aria-current": one.number === now ? "step" : null }, `Round ${one.number}`));
    table.tHead.replaceChildren(element("tr", {}, element("th", { scope: "col" }, "Group"), ...heads));
    const groups = this.state.breakout_groups.filter((one) => !one.is_gone || rounds.some((round) => round.meetings.some((met) => met.group_id === one.id)));
    const rows = groups.map((group) => {
      const cells = rounds.map((round) => {
        const met = round.meetings.find((one) => one.group_id === group.id);
        const station = this.state.breakout_stations.find((one) => one.id === met?.station_id);
        return element("td", { class: round.number === now ? "is-now" : null }, station ? `${station.name}${station.is_gone ? " (lost)" : ""}` : "–");
      });
      return element("tr", { class: group.is_gone ? "is-gone" : null }, element("th", { scope: "row" }, `${group.name}${group.is_gone ? " (left)" : ""}`), ...cells);
    });
    table.tBodies[0].replaceChildren(...rows);
  }

  #tick() {
    const until = this.#until();
    const warning = this.root.querySelector("[data-warning]");
    if (!until || this.state.breakout.paused_at || !warning) {
      if (warning) warning.hidden = true;
      return;
    }
    const left = until.at - serverNow();
    const near = until.round.state === "running" && left > 0 && left <= this.state.breakout.warning_seconds * 1000;
    warning.hidden = !near;
    if (near && this.warned !== until.moment) {
      this.warned = until.moment;
      const place = this.#place();
      const words = `${Math.ceil(left / 1000)} seconds left.${place.rotates && (place.group || place.own) ? ` Next: ${place.next}.` : ""}`;
      warning.querySelector("[data-field]").textContent = words;
      announce(words);
    }
    if (left <= 0 && this.asked !== until.moment) this.#ask(until.moment);
  }

  // The server moves the round on by itself within seconds; asking makes it now. A thousand pages do not ask in one moment.
  #ask(moment) {
    this.asked = moment;
    setTimeout(async () => {
      if (this.signal.aborted || this.#until()?.moment !== moment) return;
      const before = this.#place();
      try {
        const answer = await send("breakout.sync", { session_id: this.session }, { signal: AbortSignal.timeout(ASK_AGAIN) });
        if (answer.breakout) merge(this.state, answer);
        this.#after(before);
      } catch {
        // The channel brings the same; if it does not, the question is put again.
      }
      setTimeout(() => this.asked === moment && (this.asked = ""), ASK_AGAIN);
    }, 200 + Math.random() * Math.min(SPREAD, 20 * this.#people()));
  }

  #people() {
    return this.state.breakout_groups.reduce((sum, one) => sum + one.people.length, 0);
  }

  async #steer(event, form) {
    event.preventDefault();
    const problem = this.root.querySelector("[data-breakout-problem]");
    const what = form.dataset.steer;
    if (form.dataset.busy) return;
    form.dataset.busy = "true";
    problem.textContent = "";
    const before = this.#place();
    try {
      const about = { session_id: this.session, breakout_id: this.state.breakout.id };
      merge(this.state, await send(`breakout.${what}`, what === "extend" ? { ...about, minutes: 2 } : about));
      this.#after(before);
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      delete form.dataset.busy;
    }
  }

  #openAgain(words) {
    if (this.reloading) return;
    this.reloading = true;
    announce(words);
    setTimeout(() => location.reload(), 300 + Math.random() * Math.min(SPREAD, 20 * this.#people()));
  }
}

/** Bring a state up to what was told: lists are merged by id, and another breakout begins with nothing. */
export function merge(state, told) {
  if (state.breakout && told.breakout.id < state.breakout.id) return;
  if (state.breakout?.id !== told.breakout.id) for (const name of LISTS) state[name] = [];
  state.breakout = told.breakout;
  for (const name of LISTS) {
    const known = new Map(state[name].map((one) => [one.id, one]));
    for (const one of told[name] ?? []) known.set(one.id, one);
    const order = name === "breakout_rounds" ? "number" : "position";
    state[name] = [...known.values()].toSorted((one, other) => one[order] - other[order] || one.id - other.id);
  }
}

function text(card, name, words) {
  for (const one of all(`[data-field="${name}"]`, card)) {
    one.hidden = words === null;
    if (words !== null && one.textContent !== words) one.textContent = words;
  }
}

function row(card, name, shown) {
  card.querySelector(`[data-row="${name}"]`).hidden = !shown;
}
