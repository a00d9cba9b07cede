// The lobby's check: how long a message takes to the server and back on the connection that the session will use.

import { send } from "../../core/channel.js";
import { sessionOf } from "./hub.js";

const EVERY = 20000;
const PATIENCE = 6000;

export function connect(element, { signal }) {
  const line = element.querySelector("[data-connection-check]");
  const help = element.querySelector("[data-connection-help]");
  const again = element.querySelector("[data-connection-again]");
  const session = sessionOf(element);
  let said = null;
  // The numbers change every time; only what matters is told to a screen reader.
  const say = (state, words) => {
    line.setAttribute("aria-live", said === state ? "off" : "polite");
    said = state;
    line.textContent = words;
    line.dataset.state = state;
    help.hidden = state !== "lost";
    again.hidden = false;
  };
  const check = async () => {
    if (document.hidden || signal.aborted) return;
    const begun = performance.now();
    try {
      await send("session.check", { session_id: session }, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) });
      const took = Math.max(1, Math.round(performance.now() - begun));
      say(took > 1000 ? "slow" : "good", took > 1000 ? `You are connected, but slowly: ${took} ms` : `You are connected, ${took} ms`);
    } catch {
      if (!signal.aborted) say("lost", "You are not connected. The page keeps trying.");
    }
  };
  const timer = setInterval(check, EVERY);
  again.addEventListener("click", check, { signal });
  addEventListener("online", check, { signal });
  addEventListener("offline", () => say("lost", "You are not connected. The page keeps trying."), { signal });
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  check();
}
