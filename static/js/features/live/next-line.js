// Lines that are sent faster than they are acknowledged: the next waits for the one before and then goes by itself.

/** Mark `form` as sending. While it was sending already, remember to send it again, and say so. */
export function repeatLater(form) {
  const isBusy = form.dataset.busy === "true";
  if (isBusy) form.dataset.again = "true";
  form.dataset.busy = "true";
  return isBusy;
}

/** What was sent is in, or was refused: send what was written meanwhile. */
export function repeatNow(form) {
  delete form.dataset.busy;
  if (form.dataset.again !== "true") return;
  forgetRepeat(form);
  form.requestSubmit();
}

/** What was refused stays in the field to be looked at, and so does what comes after it. */
export function forgetRepeat(form) {
  delete form.dataset.again;
}
