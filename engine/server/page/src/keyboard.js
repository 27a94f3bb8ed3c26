// Keys, and the buttons that walk on a touch screen.

// Walking goes by where the keys lie, so that it works on every keyboard.
const WAYS = { KeyW: "forward", KeyS: "back", KeyA: "left", KeyD: "right", Space: "up", KeyC: "down" };
const ARROWS = {
  ArrowUp: "forward", ArrowDown: "back", ArrowLeft: "left", ArrowRight: "right", PageUp: "up", PageDown: "down",
};

function isForPage(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return false;
  const { target } = event;
  if (target.closest?.("input, textarea, select")) return false;
  return !(target.closest?.("button") && ["Enter", " "].includes(event.key));
}

// `on` has choose(number), cursor(way), place(since), break(since), and toggle(letter).
export function listenToKeys(actor, on) {
  addEventListener("keydown", (event) => {
    if (!isForPage(event)) return;
    const { code, key } = event;
    const since = event.timeStamp;
    if (code in WAYS) {
      if (!event.repeat) actor.press(WAYS[code], since);
    } else if (code in ARROWS) on.cursor(ARROWS[code]);
    else if (key === "Enter") on.place(since);
    else if (key === "Delete" || key === "Backspace") on.break(since);
    else if (/^[1-9]$/.test(key)) on.choose(Number(key));
    else if (!event.repeat && /^[fbtlh?]$/i.test(key)) on.toggle(key.toLowerCase());
    else return;
    event.preventDefault();
  });
  addEventListener("keyup", (event) => event.code in WAYS && actor.release(WAYS[event.code]));
  addEventListener("blur", () => actor.releaseAll());

  for (const button of document.querySelectorAll("[data-way]")) {
    const { way } = button.dataset;
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      actor.press(way, event.timeStamp);
    });
    for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, () => actor.release(way));
    button.addEventListener("contextmenu", (event) => event.preventDefault());
  }
}
