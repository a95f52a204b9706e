// Builds the demo's pages into `dist/pages`, from where the server serves them. Nothing is inlined into the HTML, so that
// the strict content policy needs no exception.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: path("demo"),
  base: "/",
  publicDir: false,
  build: {
    outDir: path("dist/pages"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    rollupOptions: {
      input: ["index", "rich", "plain", "side-by-side"].map((page) => path(`demo/${page}.html`)),
    },
  },
});
