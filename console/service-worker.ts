import { build, normalizePath, type Plugin, type Rolldown } from 'vite'
import { codeOf, stylesOf } from './bundle-files.ts'

/** What must open without a network: the screens of handhelds and telephones, and signing in. */
const SCREENS = [
  'src/approvals/approvals-page.tsx',
  'src/approvals/approval-pane.tsx',
  'src/device/device.tsx',
  'src/picking/pick-tasks-page.tsx',
  'src/picking/pick-task-page.tsx',
  'src/inspections/inspections-page.tsx',
  'src/inspections/inspection-page.tsx',
  'src/shell/screen-menu.tsx',
  'src/session/sign-in-page.tsx',
  'src/session/expired-session.tsx',
  'src/i18n/zh-CN-screens.ts',
]
/** What has no hash in its name. */
const NAMED = ['/', '/icon.svg', '/icon-192.png', '/manifest.webmanifest']

/**
 * Writes `sw.js`: the service worker with the list of this build's files. Other screens than those above are kept when they are first opened.
 * Why not by a library: ADR 0026.
 */
export function serviceWorker(): Plugin {
  const root = normalizePath(import.meta.dirname)
  return {
    name: 'order-hub-service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler: async function (_options, bundle) {
        const files = shellOf(bundle)
        const page = bundle['index.html']
        if (page?.type !== 'asset') throw new Error('the console was built without its page')
        const version = await hashOf(`${Object.keys(bundle).sort().join()}${page.source}`)
        const source = await bundled(`${root}/worker/sw.ts`, { version, shell: [...NAMED, ...files] })
        this.emitFile({ type: 'asset', fileName: 'sw.js', source })
      },
    },
  }
}

/** So few hexadecimal digits tell builds apart. */
const VERSION_DIGITS = 12

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const digits = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'))
  return digits.join('').slice(0, VERSION_DIGITS)
}

/** The files that the page and these screens cannot do without, with all that they import. */
function shellOf(bundle: Rolldown.OutputBundle): string[] {
  const code = codeOf(bundle, SCREENS)
  const files = [...[...code].map(({ fileName }) => fileName), ...stylesOf(code)]
  return files.sort().map((file) => `/${file}`)
}

/** One script without imports, as every browser takes it. */
async function bundled(entry: string, info: { version: string; shell: string[] }): Promise<string> {
  const output = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    define: { BUILD: JSON.stringify(info) },
    build: {
      write: false,
      target: ['chrome107', 'safari16'],
      rolldownOptions: { input: entry, output: { format: 'iife', entryFileNames: 'sw.js' } },
    },
  })
  const chunk = [output].flat().flatMap((each) => ('output' in each ? each.output : []))[0]
  if (chunk?.type !== 'chunk') throw new Error('the service worker was not built')
  return chunk.code
}
