// The WebSocket: says hello, keeps the connection alive, and comes back when it is lost.

const FIRST_WAIT = 500, LONGEST_WAIT = 8000; // Milliseconds between tries.
const PING_EVERY = 10000;
// The server closes in this way when it does not want this page back: another window has taken the game over, or the
// token is wrong. Coming back by itself would take the game from that window again.
const SENT_AWAY = (event) => event.wasClean && (event.code === 1000 || event.code === 1008 || event.code >= 4000);

export class Connection {
  // onMessage(message); onState("open" | "lost" | "away", reason)
  constructor(url, token, { onMessage, onState }) {
    this.url = url;
    this.token = token;
    this.onMessage = onMessage;
    this.onState = onState;
    this.wait = FIRST_WAIT;
    this.lastId = 0;
    setInterval(() => this.keepAlive(), PING_EVERY);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.retry) this.open();
    });
    addEventListener("online", () => this.retry && this.open());
    this.open();
  }

  open() {
    clearTimeout(this.retry);
    this.retry = null;
    this.answered = true;
    this.welcomed = false;
    this.lastError = "";
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => this.send({ type: "hello", protocol: 1, token: this.token });
    socket.onmessage = (event) => {
      this.answered = true;
      const message = JSON.parse(event.data);
      if (message.type === "welcome") {
        this.wait = FIRST_WAIT;
        this.welcomed = true;
        this.onState("open", "");
      }
      if (message.type === "error") this.lastError = message.error;
      this.onMessage(message);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.lost(event);
    };
  }

  lost(event) {
    this.socket = null;
    if (SENT_AWAY(event) || (!this.welcomed && this.lastError)) {
      this.onState("away", this.lastError || event.reason);
      return;
    }
    this.onState("lost", event.reason);
    // A hidden page waits until it is shown, so that two tabs do not take the game from each other in turn.
    const wait = this.wait * (0.75 + Math.random() / 2);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    this.retry = setTimeout(() => !document.hidden && this.open(), wait);
  }

  keepAlive() {
    if (!this.isOpen()) return;
    if (!this.answered && !document.hidden) {
      const socket = this.socket;
      this.lost({ wasClean: false, reason: "the server does not answer" });
      socket.close();
      return;
    }
    this.answered = false;
    this.send({ type: "ping", id: ++this.lastId });
  }

  isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  send(message) {
    if (this.isOpen()) this.socket.send(JSON.stringify(message));
  }

  // Returns the action's id, or 0 without a connection.
  act(action) {
    if (!this.isOpen()) return 0;
    this.send({ type: "act", id: ++this.lastId, action });
    return this.lastId;
  }
}
