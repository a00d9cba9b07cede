// The live side of a page: one websocket, any number of channels, and messages to the server that are sent until answered.
//
//   const channel = openChannel({ channel: "live:12", since: 41, onMessage, onEphemeral, onState, onRefused });
//   const answer = await send("live.ask", { session_id: 12, text });      // { ok: true, … } or throws SendError
//   whisper("live.typing", { session_id: 12 });                            // may be lost
//   channel.close();

import { io } from "../../vendor/socket.io.esm.min.js";
import { announce } from "./announce.js";
import { Sequence } from "./sequence.js";

const RETRY_LEAST = 500;
const RETRY_MOST = 3000;
const ANSWER_TIMEOUT = 10000;
const CHECK_EVERY = 120000;
const WORDS = { connecting: "Connecting", connected: "Connected", reconnecting: "Reconnecting", offline: "Offline" };

const channels = new Map();
const unanswered = new Map();
let socket = null;
let state = "connecting";
let retryTimer = null;
let refused = false;

/** A message that the server refused: `code` and `message` come from it, `fields` and `details` may name what was wrong. */
export class SendError extends Error {
  constructor({ code = "error", message = "This did not work.", fields = {}, details = {} } = {}) {
    super(message);
    this.name = "SendError";
    Object.assign(this, { code, fields, details });
  }
}

/**
 * Follow a channel from the message after `since` on. onMessage(message) gets every message once, in order;
 * onEphemeral(message) what is not kept (presence, typing); onState(state) the state of the connection;
 * onRefused({code, message}) when the person may not follow the channel (any more); onReset({reset, seq}) when so much was missed
 * that the present state is to be loaded instead, from the address `reset`; messages go on after `seq`.
 */
export function openChannel({ channel, since = 0, onMessage, onEphemeral, onState, onRefused, onReset }) {
  if (channels.has(channel)) throw new Error(`Channel ${channel} is open already.`);
  const connectedBefore = socket?.connected === true;
  const entry = { channel, onEphemeral, onState, onRefused, onReset, busy: false, again: false };
  entry.sequence = new Sequence({ since, apply: onMessage, askAgain: () => subscribe(entry) });
  entry.check = setInterval(() => subscribe(entry), CHECK_EVERY * (0.75 + Math.random() / 2));
  channels.set(channel, entry);
  // A new connection subscribes to every channel by itself as soon as it stands.
  if (connectedBefore) subscribe(entry);
  else connection();
  tell(entry);
  return {
    get seq() {
      return entry.sequence.last;
    },
    resync: () => subscribe(entry),
    close() {
      clearInterval(entry.check);
      entry.sequence.close();
      channels.delete(channel);
      if (socket.connected) socket.emit("unsubscribe", { channel });
    },
  };
}

/**
 * Send a command and wait for the server's answer. It keeps one client_id and goes out again after every reconnect until it is
 * answered, so the server does it once. Resolves with the acknowledgement, throws SendError when refused; aborting stops the repeats.
 */
export function send(event, payload = {}, { signal } = {}) {
  connection();
  const id = clientId();
  return new Promise((resolve, reject) => {
    const message = { event, payload: { ...payload, client_id: id }, resolve, reject };
    unanswered.set(id, message);
    signal?.addEventListener(
      "abort",
      () => {
        unanswered.delete(id);
        reject(signal.reason);
      },
      { once: true },
    );
    dispatch(id);
  });
}

/** Send something that may be lost, without an answer. */
export function whisper(event, payload = {}) {
  if (connection().connected) socket.volatile.emit(event, payload);
}

/** How many commands wait for their answer. */
export function waiting() {
  return unanswered.size;
}

function clientId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain http on a local network has no randomUUID.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function dispatch(id) {
  const message = unanswered.get(id);
  if (!message || !socket.connected) return;
  const through = socket.id;
  socket.timeout(ANSWER_TIMEOUT).emit(message.event, message.payload, (late, answer) => {
    if (!unanswered.has(id)) return;
    if (late) {
      // Asked once more on the same connection; after a reconnect the message goes out from there.
      if (socket.connected && socket.id === through) dispatch(id);
      return;
    }
    unanswered.delete(id);
    if (answer?.ok) message.resolve(answer);
    else message.reject(new SendError(answer?.error));
  });
}

async function subscribe(entry) {
  if (entry.busy) {
    entry.again = true;
    return;
  }
  entry.busy = true;
  try {
    for (let more = true; more && socket.connected && channels.get(entry.channel) === entry; ) {
      entry.again = false;
      const from = entry.sequence.last;
      const answer = await socket.timeout(ANSWER_TIMEOUT).emitWithAck("subscribe", { channel: entry.channel, since: from });
      if (!answer?.ok) {
        entry.onRefused?.(answer?.error ?? {});
        return;
      }
      if (answer.reset) {
        entry.sequence.skipTo(answer.seq);
        entry.onReset?.(answer);
      }
      entry.sequence.receive(answer.messages ?? []);
      if (answer.presence) entry.onEphemeral?.({ channel: entry.channel, kind: "presence.changed", data: answer.presence });
      more = (answer.more && entry.sequence.last > from) || entry.again;
    }
  } catch {
    // No answer in time: the connection is going down, and subscribing follows the next connect; or the periodic check repeats it.
  } finally {
    entry.busy = false;
  }
}

function connection() {
  if (socket) return socket;
  socket = io({ transports: ["websocket"], reconnection: false, autoConnect: false, timeout: 8000 });
  socket.on("connect", () => {
    show("connected");
    for (const entry of channels.values()) subscribe(entry);
    for (const id of unanswered.keys()) dispatch(id);
  });
  socket.on("disconnect", () => retry());
  socket.on("connect_error", (error) => {
    // The server turns strangers away; asking again would not help until they log in.
    refused = error.message === "unauthenticated";
    retry();
  });
  socket.on("message", (input) => {
    const messages = Array.isArray(input) ? input : [input];
    for (const name of new Set(messages.map((message) => message?.channel))) {
      channels.get(name)?.sequence.receive(messages.filter((message) => message?.channel === name));
    }
  });
  socket.on("ephemeral", (message) => {
    const entry = channels.get(message?.channel);
    // The server took this window out of the channel: a removal, a ban, a room that closed its doors.
    if (message?.kind === "channel.closed") entry?.onRefused?.(message.data ?? {});
    else entry?.onEphemeral?.(message);
  });
  addEventListener("online", () => retry(0));
  addEventListener("offline", () => show("offline"));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (socket.connected) for (const entry of channels.values()) subscribe(entry);
    else retry(0);
  });
  show("connecting");
  socket.connect();
  return socket;
}

// Between half a second and three, at random: a thousand clients must not come back in the same moment.
function retry(delay = RETRY_LEAST + Math.random() * (RETRY_MOST - RETRY_LEAST)) {
  if (socket.connected) return;
  clearTimeout(retryTimer);
  show(refused || navigator.onLine === false ? "offline" : "reconnecting");
  if (refused) {
    announceState("You are logged out here. Log in again to follow along; what you wrote is still on this page.");
    return;
  }
  retryTimer = setTimeout(() => socket.connected || socket.connect(), delay);
}

function show(next) {
  const before = state;
  state = next;
  for (const one of document.querySelectorAll("[data-connection]")) {
    one.dataset.state = state;
    one.textContent = WORDS[state];
    one.hidden = false;
  }
  if (before === next) return;
  for (const entry of channels.values()) tell(entry);
  if (next === "connected" && before !== "connecting") announceState("Connected again. Nothing was missed.");
  if (next === "offline") announceState("Connection lost. What you send is kept and goes out when it is back.");
}

function tell(entry) {
  if (entry.told === state) return;
  entry.told = state;
  entry.onState?.(state);
}

let spoken = null;

// A drop that heals within two seconds is not worth interrupting anybody.
function announceState(text) {
  clearTimeout(spoken);
  spoken = setTimeout(() => announce(text), 2000);
}
