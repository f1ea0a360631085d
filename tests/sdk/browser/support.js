// What the tests with a browser share: Chromium, and a web site whose page has the client of the
// Node SDK, bundled for browsers.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Chromium, FOREIGN_HOST } from "./chromium.js";

const SDK = process.env.PENSTOCK_SDK_NODE;
const HERE = dirname(fileURLToPath(import.meta.url));
const HTML = `<!doctype html><title>An application</title><script src="/page.js"></script>`;

export const GATEWAY = { baseURL: process.env.PENSTOCK_URL, apiKey: process.env.PENSTOCK_KEY };

async function bundlePage() {
  const esbuild = createRequire(SDK + "/")("esbuild");
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(HERE, "page.js")],
    nodePaths: [join(SDK, "node_modules")],
    bundle: true,
    platform: "browser",
    write: false,
  });
  return outputFiles[0].text;
}

// Serves the page on a free port; the same page belongs to several origins.
async function serveSite() {
  const script = await bundlePage();
  const site = createServer((request, response) => {
    const [type, text] = request.url === "/page.js" ? ["javascript", script] : ["html", HTML];
    response.setHeader("content-type", `text/${type}; charset=utf-8`).end(text);
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  return site;
}

let browser, site;

before(async () => {
  site = await serveSite();
  browser = await Chromium.start(process.env.PENSTOCK_CHROMIUM);
});

after(async () => {
  await browser?.stop();
  site?.closeAllConnections();
  site?.close();
});

export const openPage = (url) => browser.open(url);
export const openSite = (host) => openPage(`http://${host}:${site.address().port}/`);
export const openLoopbackSite = () => openSite("127.0.0.1");
export const openForeignSite = () => openSite(FOREIGN_HOST);
// The gateway under the name of another site, as after that site rebound its name.
export const reboundGateway = () => GATEWAY.baseURL.replace("127.0.0.1", FOREIGN_HOST);

// A browser that hangs must not hang the tests.
export const browserTest = (name, fn) => test(name, { timeout: 60_000 }, fn);

export async function askProvider(path) {
  return (await fetch(process.env.PROVIDER_URL + path)).json();
}
