// The behaviours every page may use; features list theirs in ../features/manifest.js.

export const core = {
  "core/menu": () => import("./menu.js"),
  "core/theme": () => import("./theme.js"),
  "core/shortcut-choice": () => import("./shortcut-choice.js"),
  "core/error-summary": () => import("./error-summary.js"),
};
