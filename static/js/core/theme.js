// Light, dark, or as the system says. The choice is a cookie, so that the server writes it into <html> and nothing flashes.

const YEAR = 31536000;

function current() {
  return document.documentElement.dataset.theme ?? "system";
}

function choose(value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  if (value === "system") {
    delete document.documentElement.dataset.theme;
    document.cookie = `theme=; Path=/; Max-Age=0; SameSite=Lax${secure}`;
  } else {
    document.documentElement.dataset.theme = value;
    document.cookie = `theme=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  }
}

export function connect(element, { signal }) {
  const buttons = [...element.querySelectorAll("[data-theme-value]")];
  const show = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.themeValue === current()));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => (choose(button.dataset.themeValue), show()), { signal });
  }
  show();
  element.hidden = false;
}
