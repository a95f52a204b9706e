// The pages as Vite has built them: one for each kind of address, their assets, and their worker.
//
// Assets are named after their contents, and kept for ever; what has one name over all builds is asked for anew each time.
// A server whose pages are not built says so in their place.

import { existsSync } from "node:fs";
import { join } from "node:path";
import serveStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { isDocumentId } from "../protocol/index.js";
import { webviewPolicy } from "./page-policies.js";

/** A page for each address; the names are Vite's inputs. */
const pages: Readonly<Record<string, string>> = {
  "/": "index.html",
  "/d/:id": "rich.html",
  "/p/:id": "plain.html",
  "/history/:id": "history.html",
  "/inspector": "inspector.html",
  "/side-by-side": "side-by-side.html",
  "/webview/:id": "webview.html",
};

/** @param origins  pages of these may show the webview page in a frame */
export async function servePages(
  app: FastifyInstance,
  folder: string,
  origins: readonly string[],
): Promise<void> {
  const built = existsSync(join(folder, "index.html"));
  if (built) {
    await app.register(serveStatic, {
      root: join(folder, "assets"),
      prefix: "/assets/",
      // Vite names assets after their contents.
      immutable: true,
      maxAge: "1y",
    });
    // The service worker stands beside the pages, because it may only look after what is below it.
    app.get("/worker.js", async (_request, reply) =>
      reply.header("Cache-Control", "no-cache").sendFile("worker.js", folder, { cacheControl: false }),
    );
  }
  for (const [path, file] of Object.entries(pages)) {
    const embeddable = file === "webview.html" ? { helmet: webviewPolicy(origins) } : {};
    app.get<{ Params: { id?: string } }>(path, embeddable, async ({ params }, reply) => {
      if (params.id !== undefined && !isDocumentId(params.id)) return reply.callNotFound();
      if (!built)
        return reply.code(503).type("text/plain").send("The pages are not built yet. Run: npm run build\n");
      return reply.header("Cache-Control", "no-cache").sendFile(file, folder, { cacheControl: false });
    });
  }
}
