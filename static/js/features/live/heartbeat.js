// Tells the server every 15 seconds that this page is open and in sight. The server's clock alone decides what that is worth.

import { send } from "../../core/channel.js";

const EVERY = 15000;

/** Begin; onPulse({ state, counted, present, seconds }) hears the server's answers. Ends with `signal`. */
export function startHeartbeat(session, { onPulse, signal }) {
  const beat = async () => {
    if (document.hidden || signal.aborted) return;
    try {
      // One that could not be delivered in time is worth nothing later: the next one says the same.
      onPulse(await send("session.heartbeat", { session_id: session }, { signal: AbortSignal.timeout(EVERY - 1000) }));
    } catch (error) {
      if (error.code === "forbidden" || error.code === "not_found") onPulse({ state: "gone", counted: false, present: 0, seconds: 0 });
    }
  };
  const timer = setInterval(beat, EVERY);
  document.addEventListener("visibilitychange", beat, { signal });
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  beat();
}
