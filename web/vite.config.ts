import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const desk = process.env.SEAMWATCH_DESK ?? "http://127.0.0.1:8765";

/** Writes `licences.txt`: the licence of every package that went into the scripts, in full. */
function licences(): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const packages = new Set<string>(["maplibre-gl"]); // its worker is bundled apart
      for (const id of this.getModuleIds()) {
        const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id);
        if (found?.[1]) packages.add(found[1]);
      }
      const parts = [...packages].sort().flatMap((name) => {
        const folder = join(import.meta.dirname, "node_modules", name);
        if (!existsSync(folder)) return [];
        const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        const texts = readdirSync(folder)
          .filter((file) => /^(licen[cs]e|notice)/i.test(file))
          .map((file) => readFileSync(join(folder, file), "utf8").trim());
        return [`${name} ${version} (${license})\n\n${texts.join("\n\n")}`];
      });
      this.emitFile({ type: "asset", fileName: "licences.txt", source: `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n` });
    },
  };
}

export default defineConfig({
  plugins: [svelte(), licences()],
  build: {
    outDir: "../src/seamwatch/serve/site",
    emptyOutDir: true,
    // The map's worker and everything else is a file of its own: nothing is inlined, so that a strict
    // Content-Security-Policy without data: scripts holds.
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 1200, // MapLibre is that big
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    // The desk checks the Origin of what writes: say that it is its own.
    proxy: Object.fromEntries(
      ["/api", "/basemap.pmtiles", "/healthz"].map((path) => [
        path,
        { target: desk, changeOrigin: true, headers: { origin: desk } },
      ]),
    ),
  },
});
