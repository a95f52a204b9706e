// Builds the demo's pages into `dist/pages`, from where the server serves them. Nothing is inlined into the HTML, so that
// the strict content policy needs no exception. The service worker is built beside them, under a name that stays, and is
// told what else has been built.

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Tells the worker the assets of this build, and gives the build a name that differs when anything in it does. */
function tellWorker(): Plugin {
  return {
    name: "tell-worker",
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle).filter(({ fileName }) => !fileName.endsWith(".map"));
      const worker = files.find(({ fileName }) => fileName === "worker.js");
      if (worker?.type !== "chunk") throw new Error("there is no worker in the build");
      const digest = createHash("sha256");
      for (const file of files) digest.update(file.type === "chunk" ? file.code : file.source);
      const build = {
        id: digest.digest("hex").slice(0, 16),
        assets: files.map(({ fileName }) => fileName).filter((name) => name.startsWith("assets/")),
      };
      worker.code = worker.code.replaceAll("INTERLINE_BUILD", `(${JSON.stringify(build)})`);
    },
  };
}

/** From the address at which the server serves a page to its root; of what is no page it has to say so itself. */
function upTo(page: string): string {
  const name = page.replace(/\.html$/, "");
  if (name === "problem") return "INTERLINE_BASE";
  return ["rich", "plain", "history", "webview"].includes(name) ? "../" : "./";
}

export default defineConfig({
  root: path("demo"),
  // The server may be below a path, which it does not know: whatever names another file does so from where it is itself.
  base: "./",
  experimental: {
    renderBuiltUrl: (file, { hostId, hostType }) => (hostType === "html" ? upTo(hostId) + file : undefined),
  },
  publicDir: false,
  plugins: [tellWorker()],
  build: {
    outDir: path("dist/pages"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    // The editor, its Markdown and the client, which most pages share, are one file of half a megabyte; packed, a third of it.
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      // How long which plugin took is nothing that whoever builds must know.
      checks: { pluginTimings: false },
      input: {
        ...Object.fromEntries(
          ["index", "rich", "plain", "history", "inspector", "problem", "side-by-side", "webview"].map(
            (page) => [page, path(`demo/${page}.html`)],
          ),
        ),
        worker: path("demo/offline/worker.ts"),
      },
      output: {
        entryFileNames: ({ name }) => (name === "worker" ? "worker.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
