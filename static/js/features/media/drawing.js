// What the tools do to a picture, as plain operations on pixels: the editor keeps a list of them and draws it anew after each change.

export const LONGEST = 1920;
const WHITE = "#ffffff";
const BLACK = "#000000";
const ARROW = "#ffd60a";

/** Decode a file, upright and on white, at most LONGEST on its longer side; what a camera wrote into it stays behind. */
export async function readPicture(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error("This file is not a picture that can be shown. Choose a JPEG, PNG, WebP or GIF.");
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = WHITE;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/** The part of the picture that is left after all crops, in pixels of the picture. */
export function viewOf(source, operations) {
  const crops = operations.filter((one) => one.kind === "crop");
  return crops.at(-1)?.area ?? { x: 0, y: 0, width: source.width, height: source.height };
}

/** Draw the picture with everything done to it onto a canvas, which takes the size of what is left. */
export function render(canvas, source, operations) {
  const view = viewOf(source, operations);
  canvas.width = view.width;
  canvas.height = view.height;
  const context = canvas.getContext("2d");
  context.drawImage(source, view.x, view.y, view.width, view.height, 0, 0, view.width, view.height);
  context.save();
  context.translate(-view.x, -view.y);
  for (const one of operations) {
    if (one.kind === "blackout") blackOut(context, one.area);
    else if (one.kind === "arrow") drawArrow(context, one, arrowWidth(source));
  }
  context.restore();
}

/** Show what is being chosen; never part of the result. */
export function renderChoice(canvas, source, operations, choice) {
  const view = viewOf(source, operations);
  const context = canvas.getContext("2d");
  const thin = Math.max(1, view.width / 400);
  context.save();
  context.translate(-view.x, -view.y);
  if (choice.kind === "arrow") drawArrow(context, choice, arrowWidth(source));
  else {
    const { x, y, width, height } = choice.area;
    if (choice.kind === "blackout") {
      context.fillStyle = "rgb(0 0 0 / 60%)";
      context.fillRect(x, y, width, height);
    } else {
      context.fillStyle = "rgb(0 0 0 / 45%)";
      context.beginPath();
      context.rect(view.x, view.y, view.width, view.height);
      context.rect(x, y, width, height);
      context.fill("evenodd");
    }
    for (const [color, offset] of [[WHITE, 0], [BLACK, 4 * thin]]) {
      context.strokeStyle = color;
      context.lineWidth = thin * 1.5;
      context.setLineDash([4 * thin, 4 * thin]);
      context.lineDashOffset = offset;
      context.strokeRect(x, y, width, height);
    }
  }
  context.restore();
}

// Whole pixels, so that no shade of what lies below is left at an edge.
function blackOut(context, { x, y, width, height }) {
  const left = Math.floor(x);
  const top = Math.floor(y);
  context.fillStyle = BLACK;
  context.fillRect(left, top, Math.ceil(x + width) - left, Math.ceil(y + height) - top);
}

function arrowWidth(source) {
  return Math.max(3, Math.max(source.width, source.height) / 160);
}

function drawArrow(context, { from, to }, width) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const head = width * 5;
  const wing = (turn) => [to.x - head * Math.cos(angle + turn), to.y - head * Math.sin(angle + turn)];
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const [color, wide] of [[BLACK, width * 2], [ARROW, width]]) {
    context.strokeStyle = color;
    context.lineWidth = wide;
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.moveTo(...wing(0.5));
    context.lineTo(to.x, to.y);
    context.lineTo(...wing(-0.5));
    context.stroke();
  }
}
