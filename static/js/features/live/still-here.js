// "Are you still here?": shown when the answer to a heartbeat asks, gone after any sign of life. It never takes the focus away.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { serverNow } from "../../core/time.js";
import { sessionOf } from "./hub.js";

export function connect(element, { signal }) {
  const root = element.closest("[data-live]");
  const text = element.querySelector("[data-still-text]");
  const show = (pulse) => {
    const asked = Boolean(pulse.answer_by);
    if (asked) text.textContent = words(Date.parse(pulse.answer_by));
    if (asked && element.hidden) announce(`Are you still here? ${text.textContent}`);
    element.hidden = !asked;
  };
  root.addEventListener("live:pulse", (event) => show(event.detail), { signal });
  element.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = element.querySelector("button");
    button.disabled = true;
    try {
      const pulse = await send("session.still_here", { session_id: sessionOf(element) });
      root.dispatchEvent(new CustomEvent("live:pulse", { detail: pulse }));
      announce("Thank you. Your time counts on.");
    } catch (error) {
      text.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }, { signal });
}

function words(until) {
  const left = Math.ceil((until - serverNow()) / 60000);
  if (left > 0) return `Press the button, or write, vote or ask, within ${left === 1 ? "a minute" : `${left} minutes`}.`;
  return "Nobody answered in time, so the time since your last sign of life does not count. Press the button to count on.";
}
