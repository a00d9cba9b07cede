// Raised hands and who has the floor. Only what concerns the reader is announced: the own turn, and who speaks.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, fill, fromTemplate, need } from "../../core/dom.js";
import { follow, sessionOf } from "./hub.js";

const OPEN = new Set(["raised", "speaking"]);
const EVENTS = { give: "hand.give", next: "hand.next", lower: "hand.lower" };

export function connect(element, { signal }) {
  const hands = new Hands(element);
  follow(element, { signal, onMessage: ({ data }) => data.hand && hands.hear(data.hand) });
  delegate(element, "submit", "[data-hand-form]", (event, form) => hands.raise(event, form), { signal });
  delegate(element, "submit", "[data-hand-control]", (event, form) => hands.control(event, form), { signal });
  hands.write();
}

class Hands {
  constructor(element) {
    Object.assign(this, { element, session: sessionOf(element), list: need("[data-hands-list]", element), mine: null });
    this.me = Number(document.body.dataset.userId) || null;
    const up = element.querySelector('[data-hand-form] button[aria-pressed="true"]') !== null;
    this.own = up;
  }

  hear(hand) {
    const item = this.list.querySelector(`[data-hand="${Number(hand.id)}"]`);
    const before = item?.dataset.state;
    const own = hand.person.id !== null && hand.person.id === this.me;
    if (!OPEN.has(hand.state)) item?.remove();
    else this.#put(item ?? this.#make(hand), hand);
    if (own) this.#setOwn(OPEN.has(hand.state), hand);
    if (hand.state === "speaking") this.#speaks(hand, { aloud: before !== "speaking", own });
    else if (before === "speaking" || this.element.dataset.speaks === String(hand.id)) this.#speaks(null, { aloud: false, own });
    this.write();
  }

  /** Write how many wait, and which place is the reader's. */
  write() {
    const waiting = all('[data-state="raised"]', this.list);
    for (const one of all("[data-hands-count]", this.element)) one.textContent = String(waiting.length);
    const place = waiting.findIndex((item) => item.dataset.own === "true") + 1;
    const mine = need("[data-my-place]", this.element);
    fill(mine, { place });
    mine.hidden = place === 0;
  }

  async raise(event, form) {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "true";
    try {
      const up = form.querySelector("button").getAttribute("aria-pressed") !== "true";
      const { hand } = await send(up ? "hand.raise" : "hand.lower", { session_id: this.session });
      if (hand) this.hear(hand);
      announce(up ? "Your hand is up." : "Your hand is down.");
    } catch (error) {
      announce(error.message);
    } finally {
      delete form.dataset.busy;
    }
  }

  async control(event, form) {
    event.preventDefault();
    const { do: act, hand_id: id } = Object.fromEntries(new FormData(form));
    const payload = { session_id: this.session };
    if (id) payload.hand_id = Number(id);
    if (act !== "lower") payload.minutes = Number(this.element.querySelector("#hands-minutes")?.value) || 0;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const { hand } = await send(EVENTS[act], payload);
      if (hand) this.hear(hand);
      else if (act === "next") announce("Nobody is waiting.");
    } catch (error) {
      announce(error.message);
    } finally {
      button.disabled = false;
    }
  }

  #make(hand) {
    const item = fromTemplate("live-hand");
    item.dataset.hand = String(hand.id);
    for (const field of all('input[name="hand_id"]', item)) field.value = String(hand.id);
    const next = all(":scope > [data-hand]", this.list).find((one) => Number(one.dataset.hand) > hand.id);
    this.list.insertBefore(item, next ?? null);
    return item;
  }

  #put(item, hand) {
    item.dataset.state = hand.state;
    item.dataset.own = String(hand.person.id !== null && hand.person.id === this.me);
    fill(item, { name: hand.person.display_name });
    for (const form of all('[data-do="give"]', item)) form.hidden = hand.state === "speaking";
  }

  #setOwn(up) {
    for (const form of all("[data-hand-form]", this.element)) {
      form.querySelector("button").setAttribute("aria-pressed", String(up));
      form.elements.up.value = up ? "0" : "1";
    }
  }

  #speaks(hand, { aloud, own }) {
    this.element.dataset.speaks = hand ? String(hand.id) : "";
    need("[data-speaker]", this.element).hidden = !hand;
    need("[data-nobody]", this.element).hidden = Boolean(hand);
    if (!hand) return;
    fill(this.element, { speaker: hand.person.display_name });
    const place = need("[data-speaker-time]", this.element);
    const time = place.querySelector("time");
    place.hidden = !hand.until_at;
    time.toggleAttribute("data-remaining", Boolean(hand.until_at));
    if (hand.until_at) time.dateTime = hand.until_at;
    if (aloud) announce(own ? "You have the floor." : `${hand.person.display_name} has the floor.`);
  }
}
