// Puts the page together: what the server says changes the game, and what the person does goes to the server.
import { Actor } from "./actor.js";
import { Aim } from "./aim.js";
import { Connection } from "./connection.js";
import { byId } from "./dom.js";
import { FirstPerson } from "./first_person.js";
import { Game } from "./game.js";
import { Hud } from "./hud.js";
import { listenToKeys } from "./keyboard.js";
import { Meter } from "./meter.js";
import { Pointer } from "./pointer.js";
import { Screens } from "./screens.js";
import { Stage } from "./stage.js";
import { Textures } from "./textures.js";
import { Thoughts } from "./thoughts.js";
import { Watch } from "./watch.js";

const seconds = () => performance.now() / 1000;

const host = byId("stage");
const game = new Game();
const meter = new Meter();
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`;
const connection = new Connection(address, token, { onMessage, onState });
const send = (message) => connection.send(message);
const hud = new Hud(game, { onChoose: () => aim.show() });
const screens = new Screens(send);
const thoughts = new Thoughts(game, (highlight) => stage?.change({ highlight }));
const actor = new Actor(connection, game, meter, () => stage.view.heading());
const pointer = new Pointer(host, () => stage.view, {
  point: (x, y, breaks) => aim.point(x, y, breaks),
  leave: () => aim.leave(),
  place: (x, y, own, since) => aim.place(x, y, own, since),
  break: (x, y, since) => aim.break(x, y, since),
  changed() {
    stage?.refresh();
    aim.show();
  },
});
let stage = null; // From the first `welcome` on.
let watch = null;
const aim = new Aim(game, hud, actor, () => stage);
const firstPerson = new FirstPerson(host, () => stage, aim);
let thinking = false;
let refused = null;

const handlers = {
  welcome(message) {
    // After a lost connection the same server says the same; another one gets a fresh page.
    if (stage && JSON.stringify(message) !== JSON.stringify(game.welcome)) location.reload();
    if (stage) return;
    game.welcome = message;
    const textures = new Textures(message);
    stage = new Stage(host, byId("names"), textures, meter, showView);
    hud.makePalette(textures);
    document.title = message.program;
  },
  game(message) {
    game.begin(message, seconds());
    screens.close();
    byId("game").hidden = false;
    hud.beginHouse();
    const thinks = message.assistant?.thinks ?? false;
    byId("tool-t").hidden = !thinks;
    byId("tool-b").hidden = message.blueprint === null;
    aim.leave();
    stage.change({ world: game.world, belief: null, viewer: message.you });
    stage.resize();
    think(thinking && thinks);
    pause();
    hud.showAim(matchMedia("(pointer: coarse)").matches ? "Tap places, a long press breaks"
      : "Click places, right click breaks, W A S D walk, H helps");
  },
  step(message) {
    game.step(message, seconds());
    if (message.id !== undefined) {
      meter.arrive(message.id);
      actor.answered(message.id);
    }
    hud.showFigures();
    aim.show();
    stage.showAnswer();
  },
  refused(message) {
    refused = message.reason;
    meter.refuse(message.id);
    actor.answered(message.id);
    hud.refuse(message.reason, ...aim.screenPoint(pointer));
  },
  thought(message) {
    game.thought = message;
    thoughts.update();
    if (thinking) stage.change({ belief: message.belief });
  },
  end(message) {
    game.finish(message, seconds());
    hud.showFigures();
    actor.releaseAll();
    screens.end(message, game.assistant?.label ?? null);
  },
  screen(message) {
    actor.releaseAll();
    screens.ask(message);
  },
  watch(message) {
    watch ??= new Watch(byId("watch"), stage);
    watch.show(message);
  },
  error(message) {
    hud.refuse(message.error, innerWidth / 2, innerHeight / 2);
  },
  pong() {},
};

function onMessage(message) {
  handlers[message.type]?.(message);
}

function onState(state, reason) {
  if (state === "open") {
    hud.banner("");
    return;
  }
  actor.forget();
  if (state === "lost") {
    hud.banner("Connection lost. Trying again …", "Try now", () => connection.open());
    return;
  }
  const text = token ? reason || "The server has closed the connection. Is the game open in another window?"
    : "The address lacks its token: open the address that hod has printed.";
  hud.banner(text, "Connect here", () => connection.open());
}

function think(on) {
  thinking = on;
  send({ type: "thoughts", on });
  byId("tool-t").setAttribute("aria-pressed", String(on));
  byId("game").classList.toggle("thinking", on);
  thoughts.show(on);
  stage.change({ belief: on ? game.thought?.belief ?? null : null });
}

// The game waits while nobody looks at it.
function pause() {
  if (!game.world || game.end) return;
  if (game.paused !== document.hidden) send({ type: "pause", on: document.hidden });
  game.pause(document.hidden, seconds());
  byId("paused").hidden = !game.paused;
}

function showView(kind) {
  byId("tool-l").setAttribute("aria-pressed", String(kind === "layers"));
  byId("tool-f").hidden = kind === "layers";
  if (kind === "layers") firstPerson.leave();
  byId("game").dataset.view = kind;
}

const tools = {
  t: () => game.assistant?.thinks && think(!thinking),
  b() {
    const marks = !stage.picture.marks;
    byId("tool-b").setAttribute("aria-pressed", String(marks));
    stage.change({ marks });
  },
  l: () => stage.want(stage.kind === "layers" ? "scene" : "layers"),
  f: () => stage.kind === "scene" && firstPerson.toggle(),
  h: () => byId("help").showModal(),
};
tools["?"] = tools.h;

for (const key of "tblfh") byId(`tool-${key}`).addEventListener("click", () => tools[key]());
byId("finish").addEventListener("click", () => byId("confirm").showModal());
byId("confirm").addEventListener("close", ({ target }) => {
  if (target.returnValue === "finish") send({ type: "finish" });
  target.returnValue = "";
});
// A button that was clicked must not take the space key from walking.
addEventListener("click", ({ detail, target }) => detail > 0 && target.closest("#game button")?.blur());
document.addEventListener("visibilitychange", pause);
listenToKeys(actor, {
  choose: (number) => hud.chooseNth(number),
  cursor: (way) => aim.moveCursor(way, actor),
  place: (since) => aim.placeAtCursor(since),
  break: (since) => aim.breakAtCursor(since),
  toggle: (letter) => game.world && tools[letter](),
});

// For tests.
window.hod = {
  frames: () => [...meter.frames],
  latencies: () => [...meter.latencies],
  state: () => ({
    connected: connection.isOpen(), timestep: game.timestep, figures: game.figures, paused: game.paused, end: game.end,
    title: game.message?.title, feet: game.world?.players.map(({ feet }) => feet), chosen: hud.chosen, view: stage?.kind,
    firstPerson: firstPerson.on, aim: stage?.picture.aim, marks: stage?.picture.marks, thought: game.thought, refused,
    blocks: game.world && [...game.world.blocks],
  }),
  // Where a voxel is in the window.
  locate: (x, y, z) => stage.view.locate([x, y, z]),
};
