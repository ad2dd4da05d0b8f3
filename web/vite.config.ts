import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const desk = process.env.SEAMWATCH_DESK ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [svelte()],
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
