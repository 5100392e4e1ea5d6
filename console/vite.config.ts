import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The running hub that `npm run dev` passes its questions on to. */
const hub = process.env.HUB_API ?? 'http://127.0.0.1:8080'

/** What the API answers by itself; everything else is a page of the console. */
const API_PATHS = ['/v1', '/openapi.json', '/docs', '/healthz', '/readyz']

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // The oldest engine that has to work is the one inside WeCom on a phone of some years.
    target: ['chrome107', 'safari16'],
    // Shown at the first visit of each screen: inlined files could not be kept by the browser.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(API_PATHS.map((path) => [path, { target: hub, changeOrigin: false }])),
  },
})
