// Keeps the times of a page true: "5 min ago" ages, countdowns run. The server's clock counts, not the reader's.

let offset = 0;

/** Milliseconds of the server's clock, as far as this page can know them. */
export function serverNow() {
  return Date.now() + offset;
}

/** Write a distance in time like the server does: "3 h ago", "in 2 d". */
export function relative(moment, now = serverNow()) {
  const seconds = (now - moment) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 45) return seconds >= 0 ? "just now" : "in a moment";
  const steps = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [2592000, 86400, "d"], [31536000, 2592000, "mo"], [Infinity, 31536000, "y"]];
  const [, unit, name] = steps.find(([limit]) => distance < limit);
  const words = `${Math.floor(distance / unit)} ${name}`;
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
}

/** Write a duration as a clock: "41:58", "1:02:05". */
export function clock(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const tail = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(seconds).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

function countdown(moment, now) {
  const left = moment - now;
  if (left <= 0) return "now";
  return left > 86400000 ? relative(moment, now) : `in ${clock(left)}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  const now = serverNow();
  for (const one of document.querySelectorAll("time[data-relative]")) write(one, relative(Date.parse(one.dateTime), now));
  for (const one of document.querySelectorAll("time[data-countdown]")) {
    const moment = Date.parse(one.dateTime);
    write(one, countdown(moment, now));
    if (moment <= now && !one.dataset.reached) {
      one.dataset.reached = "true";
      one.dispatchEvent(new CustomEvent("countdown:reached", { bubbles: true }));
    }
  }
  for (const one of document.querySelectorAll("time[data-remaining]")) write(one, clock(Date.parse(one.dateTime) - now));
  for (const one of document.querySelectorAll("time[data-elapsed]")) write(one, clock(now - Date.parse(one.dateTime)));
}

function schedule() {
  tick();
  const running = document.querySelector("time[data-countdown], time[data-remaining], time[data-elapsed]") !== null;
  setTimeout(schedule, running ? 1000 - (serverNow() % 1000) + 10 : 20000);
}

/** Begin; the page says the server's time in <meta name="server-time">. */
export function startClock() {
  const said = Date.parse(document.querySelector('meta[name="server-time"]')?.content ?? "");
  // A page restored from the browser's cache carries an old time; only a fresh one may move the clock.
  const [navigation] = performance.getEntriesByType("navigation");
  const age = navigation ? performance.now() - navigation.responseStart : 0;
  if (Number.isFinite(said) && navigation?.type !== "back_forward") offset = said + age - Date.now();
  schedule();
  document.addEventListener("visibilitychange", () => document.hidden || tick());
}
