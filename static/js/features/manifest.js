// Every behaviour of every feature, one line each: "feature/behaviour": () => import("./feature/behaviour.js").
// The list is fixed in code, so no text in a page can make the browser load anything else.

export const features = {
  "accounts/copy": () => import("./accounts/copy.js"),
  "accounts/show-password": () => import("./accounts/show-password.js"),
  "accounts/time-zone": () => import("./accounts/time-zone.js"),
  "moderation/queue": () => import("./moderation/queue.js"),
};
