import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { firstScreens, ownTurns } from './first-screens.ts'
import { libraryStyles } from './library-styles.ts'
import { serviceWorker } from './service-worker.ts'

/** The running hub that `npm run dev` passes its questions on to. */
const hub = process.env.HUB_API ?? 'http://127.0.0.1:8080'

/** What the API answers by itself; everything else is a page of the console. */
const API_PATHS = ['/v1', '/openapi.json', '/docs', '/healthz', '/readyz']

export default defineConfig({
  root: import.meta.dirname,
  plugins: [libraryStyles(), react(), ownTurns(), serviceWorker(), firstScreens()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // The oldest engine that has to work is the one inside WeCom on a phone of some years.
    target: ['chrome107', 'safari16'],
    // Shown at the first visit of each screen: inlined files could not be kept by the browser.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      // They do nothing when they are loaded and do not say so: without it, a screen with one field brings the library's whole form.
      treeshake: {
        moduleSideEffects: [{ test: /node_modules[\\/]@(rc-component|ant-design)[\\/]/, sideEffects: false }],
      },
      output: {
        codeSplitting: {
          groups: [
            // What every screen needs comes as three files instead of sixty, which is a tenth smaller. Three, because each is run in a turn of its own
            // (`first-screens.ts`): all at once, a telephone is deaf for that long.
            {
              name: 'drawing',
              tags: ['$initial'],
              priority: 5,
              test: /node_modules[\\/](react|react-dom|scheduler|use-sync-external-store)[\\/]/,
              includeDependenciesRecursively: false,
            },
            {
              name: 'asking',
              tags: ['$initial'],
              priority: 4,
              test: /node_modules[\\/](@tanstack|zod|i18next|openapi-fetch)[\\/]/,
              includeDependenciesRecursively: false,
            },
            // The library's button asks its colours how bright they are, whose file names its collapse: who only asks that needs none.
            {
              name: 'frame',
              tags: ['$initial'],
              priority: 3,
              test: /node_modules(?!.*[\\/]collapse[\\/])|^virtual:library|console[\\/]src[\\/](?!main)|[\\/]domain[\\/]/,
              includeDependenciesRecursively: false,
            },
            // The same of ours that most screens have. Nothing that has parts of the library in it: whoever needs one would fetch them all.
            {
              name: 'everyday',
              priority: 2,
              test: /console[\\/]src[\\/](format[\\/](time|money)|api[\\/](live|stream|query|directory|idempotency)|components[\\/](tag|page-head|section|card|money|live-mark|use-filters|keyboard|selection|use-row-keys|filter-bar|use-now))\./,
            },
            // Of the library, what is filled in, and what floats above the page; most screens have more besides. A first screen that has none of
            // one of them does not fetch it.
            {
              name: 'fields',
              test: /antd[\\/]es[\\/](select|input|empty|checkbox|config-provider[\\/]defaultRenderEmpty)|@rc-component[\\/](select|input|overflow|virtual-list|checkbox)[\\/]|^virtual:library-styles[\\/](Select|Input|Empty|Checkbox)/,
              minShareCount: 3,
              priority: 2,
              includeDependenciesRecursively: false,
            },
            {
              name: 'floating',
              test: /antd[\\/]es[\\/](tooltip|color-picker)[\\/]|@rc-component[\\/](tooltip|trigger|portal|resize-observer|color-picker)[\\/]|@ant-design[\\/]fast-color|^virtual:library-styles[\\/](Tooltip)/,
              minShareCount: 3,
              priority: 2,
              includeDependenciesRecursively: false,
            },
            // What else of the library most screens have: half a kilobyte each would be a file each.
            {
              name: 'parts',
              test: /node_modules|^virtual:library/,
              minShareCount: 18,
              priority: 1,
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(API_PATHS.map((path) => [path, { target: hub, changeOrigin: false }])),
  },
})
