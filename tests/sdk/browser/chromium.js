// Chromium without a screen, driven by the DevTools protocol: JSON messages over two pipes, each
// ended by a zero byte. Whoever starts it stops it; it also ends when this process does, since the
// pipes close then.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A name that leads to this machine and yet is no loopback name.
export const FOREIGN_HOST = "app.example";

const FLAGS = [
  "--headless=new",
  "--remote-debugging-pipe",
  "--no-sandbox", // which cannot be had as root; the only pages here are the tests' own
  "--no-first-run",
  "--no-proxy-server",
  "--disable-gpu",
  "--disable-dev-shm-usage", // in a container /dev/shm may be too small
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-breakpad",
  `--host-resolver-rules=MAP ${FOREIGN_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
];
const PATIENCE_MS = 20_000;

export class Chromium {
  #calls = new Map(); // that have no answer yet, by their number
  #pages = new Map(); // by their session
  #lastNumber = 0;
  #complaints = "";
  #failure; // why there is no browser any more

  static async start(program) {
    const browser = new Chromium();
    browser.profile = await mkdtemp(join(tmpdir(), "penstock-test-"));
    browser.#run(program);
    return browser;
  }

  #run(program) {
    this.process = spawn(program, [...FLAGS, `--user-data-dir=${this.profile}`], {
      stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    });
    const [, , errors, commands, messages] = this.process.stdio;
    errors.setEncoding("utf8").on("data", (text) => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    this.commands = commands.on("error", () => {}); // `ended` tells why nobody reads
    let text = "";
    messages.setEncoding("utf8").on("data", (data) => {
      const complete = (text + data).split("\0");
      text = complete.pop();
      complete.forEach((message) => this.#receive(JSON.parse(message)));
    });
    this.ended = new Promise((resolve) => {
      this.process.on("error", resolve).on("close", resolve);
    }).then((reason) => {
      this.#failure = new Error(`Chromium ended: ${reason}\n${this.#complaints}`);
      this.#calls.forEach((call) => call.reject(this.#failure));
    });
  }

  #receive({ id, result, error, sessionId, ...event }) {
    if (id === undefined) {
      this.#pages.get(sessionId)?.note(event);
      return;
    }
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result);
  }

  async send(method, params = {}, sessionId = undefined) {
    if (this.#failure) throw this.#failure;
    const id = ++this.#lastNumber;
    this.commands.write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }));
  }

  // A page that shares nothing with others, not even what was learned from a preflight.
  async open(url) {
    const { browserContextId } = await this.send("Target.createBrowserContext");
    const place = { url: "about:blank", browserContextId };
    const { targetId } = await this.send("Target.createTarget", place);
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page((method, params) => this.send(method, params, sessionId));
    this.#pages.set(sessionId, page);
    await page.go(url);
    return page;
  }

  async stop() {
    const kill = setTimeout(() => this.process.kill("SIGKILL"), PATIENCE_MS);
    this.send("Browser.close").catch(() => {}); // it may end before it answers
    await this.ended;
    clearTimeout(kill);
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Page {
  #events = [];
  #noted = new EventTarget();

  constructor(send) {
    this.send = send;
  }

  note(event) {
    this.#events.push(event);
    this.#noted.dispatchEvent(new Event(event.method));
  }

  // The parameters of all events of that name so far.
  seen(method) {
    return this.#events.filter((event) => event.method === method).map(({ params }) => params);
  }

  async go(url) {
    await this.send("Network.enable");
    await this.send("Page.enable");
    const loaded = once(this.#noted, "Page.loadEventFired");
    await this.send("Page.navigate", { url });
    await loaded;
  }

  // What the function gives in the page, where it knows its arguments and nothing around it here.
  // Awaited in the page too: the protocol would look past the `then` of a promise's subclass.
  async run(fn, ...values) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression: `(async () => await (${fn})(...${JSON.stringify(values)}))()`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
    return result.value;
  }

  close() {
    return this.send("Page.close");
  }
}
