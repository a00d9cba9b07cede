// Crop, black out and point with an arrow, by pointer or keyboard. The result is drawn into new pixels: what was cut or covered
// never leaves this device.

import { announce } from "../../core/announce.js";
import { element } from "../../core/dom.js";
import { readPicture, render, renderChoice, viewOf } from "./drawing.js";

const TOOLS = { crop: "Crop", blackout: "Black out", arrow: "Arrow" };
const DONE = { crop: "Cropped.", blackout: "Blacked out.", arrow: "Arrow added." };
const HINTS = {
  crop: "Draw a frame around what stays, then apply it.",
  blackout: "Draw over what must not be seen.",
  arrow: "Draw from the tail to the tip.",
};
const KEYS = "With the keyboard: arrow keys move, Shift and arrow keys change the size, Enter applies, Control Z takes back.";
const LEAST = 4;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Editor {
  constructor(place, signal) {
    Object.assign(this, { place, signal, source: null, operations: [], tool: "blackout", choice: null, start: null, isPng: false });
  }

  get isOpen() {
    return this.source !== null;
  }

  async open(file) {
    this.source = await readPicture(file);
    this.isPng = file.type === "image/png" || file.type === "image/gif";
    this.operations = [];
    this.choice = null;
    if (!this.canvas) this.#build();
    this.place.hidden = false;
    this.#choose("blackout");
  }

  close() {
    this.source = null;
    this.operations = [];
    this.choice = null;
    this.place.hidden = true;
    if (this.canvas) this.canvas.width = this.canvas.height = 1;
  }

  /** The finished picture as a file; a drawing stays free of traces of compression. What is chosen and not applied yet is meant. */
  result() {
    this.#apply();
    const canvas = document.createElement("canvas");
    render(canvas, this.source, this.operations);
    const type = this.isPng ? "image/png" : "image/jpeg";
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made. Try a smaller one."))), type, 0.92);
    });
  }

  #build() {
    const button = (words, act, attributes = {}) => {
      const made = element("button", { type: "button", class: "button button--small", ...attributes }, words);
      made.addEventListener("click", act, { signal: this.signal });
      return made;
    };
    this.tools = Object.entries(TOOLS).map(([name, words]) => button(words, () => this.#choose(name), { "data-tool": name, "aria-pressed": "false" }));
    this.applyButton = button("Apply", () => this.#apply());
    this.undoButton = button("Undo", () => this.#undo());
    this.hint = element("p", { class: "field-hint", id: "picture-hint" });
    this.canvas = element("canvas", {
      class: "picture-canvas",
      tabindex: "0",
      role: "application",
      "aria-label": "Picture being edited",
      "aria-describedby": "picture-hint picture-keys",
    });
    this.place.append(
      element("div", { class: "picture-tools", role: "toolbar", "aria-label": "Tools for the picture" }, ...this.tools, this.applyButton, this.undoButton),
      this.hint,
      this.canvas,
      element("p", { class: "field-hint", id: "picture-keys" }, KEYS),
    );
    const on = (type, act) => this.canvas.addEventListener(type, act, { signal: this.signal });
    on("pointerdown", (event) => this.#press(event));
    on("pointermove", (event) => this.start && this.#drag(event));
    on("pointerup", (event) => this.#release(event));
    on("pointercancel", () => this.#forget());
    on("keydown", (event) => this.#key(event));
  }

  #choose(tool) {
    this.tool = tool;
    this.choice = null;
    for (const one of this.tools) one.setAttribute("aria-pressed", String(one.dataset.tool === tool));
    this.hint.textContent = HINTS[tool];
    this.#draw();
  }

  #draw() {
    render(this.canvas, this.source, this.operations);
    if (this.choice) renderChoice(this.canvas, this.source, this.operations, this.choice);
    this.applyButton.disabled = this.choice === null;
    this.undoButton.disabled = this.operations.length === 0;
  }

  // Where the pointer is, in pixels of the picture.
  #point(event) {
    const box = this.canvas.getBoundingClientRect();
    const view = this.#view();
    const x = view.x + ((event.clientX - box.left) / box.width) * view.width;
    const y = view.y + ((event.clientY - box.top) / box.height) * view.height;
    return inside({ x, y }, view);
  }

  #view() {
    return viewOf(this.source, this.operations);
  }

  #press(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.start = this.#point(event);
  }

  #drag(event) {
    this.choice = this.#between(this.start, this.#point(event));
    this.#draw();
  }

  #release(event) {
    if (!this.start) return;
    const end = this.#point(event);
    const isMeant = Math.hypot(end.x - this.start.x, end.y - this.start.y) >= LEAST;
    this.choice = isMeant ? this.#between(this.start, end) : null;
    this.start = null;
    // A crop takes more away than a slip of the finger should, so it is applied by a second gesture.
    if (isMeant && this.tool !== "crop") this.#apply();
    else this.#draw();
  }

  #forget() {
    this.start = null;
    this.choice = null;
    this.#draw();
  }

  #between(from, to) {
    if (this.tool === "arrow") return { kind: "arrow", from, to };
    const x = Math.min(from.x, to.x);
    const y = Math.min(from.y, to.y);
    return { kind: this.tool, area: { x, y, width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) } };
  }

  #key(event) {
    const move = MOVES[event.key];
    if (move && !event.ctrlKey && !event.metaKey && !event.altKey) this.#nudge(move, event.shiftKey);
    else if (event.key === "Enter" && this.choice) this.#apply();
    else if (event.key === "Escape" && this.choice) this.#forget();
    else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) this.#undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The first stroke of an arrow key puts a frame into the middle.
  #nudge([right, down], changesSize) {
    const view = this.#view();
    if (!this.choice) {
      const from = { x: view.x + view.width * 0.3, y: view.y + view.height * 0.3 };
      this.choice = this.#between(from, { x: view.x + view.width * 0.7, y: view.y + view.height * 0.7 });
      announce("A frame is in the middle of the picture.");
    } else {
      const step = Math.max(1, Math.round(Math.max(view.width, view.height) / 60));
      const by = { x: right * step, y: down * step };
      const { kind, area, from, to } = this.choice;
      if (kind === "arrow") {
        const moved = (one) => inside({ x: one.x + by.x, y: one.y + by.y }, view);
        this.choice = { kind, from: changesSize ? from : moved(from), to: moved(to) };
      } else {
        this.choice = { kind, area: changesSize ? resized(area, by, view) : shifted(area, by, view) };
      }
    }
    this.#draw();
  }

  #apply() {
    if (!this.choice) return;
    const done = this.choice;
    this.choice = null;
    if (done.kind === "crop") done.area = wholePixels(done.area, this.#view());
    this.operations.push(done);
    this.#draw();
    announce(DONE[done.kind]);
  }

  #undo() {
    const last = this.operations.pop();
    this.choice = null;
    this.#draw();
    if (last) announce(`Taken back: ${TOOLS[last.kind].toLowerCase()}.`);
  }
}

function inside(point, view) {
  return { x: Math.min(Math.max(point.x, view.x), view.x + view.width), y: Math.min(Math.max(point.y, view.y), view.y + view.height) };
}

function shifted(area, by, view) {
  const most = { x: view.x + view.width - area.width, y: view.y + view.height - area.height };
  return { ...area, x: Math.min(Math.max(area.x + by.x, view.x), most.x), y: Math.min(Math.max(area.y + by.y, view.y), most.y) };
}

function resized(area, by, view) {
  const width = Math.min(Math.max(area.width + by.x, LEAST), view.x + view.width - area.x);
  const height = Math.min(Math.max(area.height + by.y, LEAST), view.y + view.height - area.y);
  return { ...area, width, height };
}

function wholePixels(area, view) {
  const x = Math.floor(area.x);
  const y = Math.floor(area.y);
  return {
    x,
    y,
    width: Math.max(1, Math.min(Math.ceil(area.x + area.width), view.x + view.width) - x),
    height: Math.max(1, Math.min(Math.ceil(area.y + area.height), view.y + view.height) - y),
  };
}
