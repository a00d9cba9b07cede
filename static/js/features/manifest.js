// Every behaviour of every feature, one line each: "feature/behaviour": () => import("./feature/behaviour.js").
// The list is fixed in code, so no text in a page can make the browser load anything else.

export const features = {
  "accounts/copy": () => import("./accounts/copy.js"),
  "accounts/show-password": () => import("./accounts/show-password.js"),
  "accounts/time-zone": () => import("./accounts/time-zone.js"),
  "composer/draft": () => import("./composer/draft.js"),
  "composer/editor": () => import("./composer/editor.js"),
  "composer/steps": () => import("./composer/steps.js"),
  "composer/unsent": () => import("./composer/unsent.js"),
  "composer/similar": () => import("./composer/similar.js"),
  "composer/tags": () => import("./composer/tags.js"),
  "live/chat": () => import("./live/chat.js"),
  "live/console": () => import("./live/console.js"),
  "live/lobby": () => import("./live/lobby.js"),
  "live/projector": () => import("./live/projector.js"),
  "live/session": () => import("./live/session.js"),
  "media/lightbox": () => import("./media/lightbox.js"),
  "media/picker": () => import("./media/picker.js"),
  "moderation/queue": () => import("./moderation/queue.js"),
  "notifications/bell": () => import("./notifications/bell.js"),
  "thread/copy-link": () => import("./thread/copy-link.js"),
  "privacy/check": () => import("./privacy/check.js"),
  "thread/live": () => import("./thread/live.js"),
  "thread/print": () => import("./thread/print.js"),
  "thread/quote": () => import("./thread/quote.js"),
  "thread/shares": () => import("./thread/shares.js"),
};
