import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite'
import { codeOf, stylesOf } from './bundle-files.ts'

/** Of wide screens; the approvals are opened on telephones above all. */
const MENU = 'src/shell/screen-menu.tsx'
/** What a screen has besides what every screen has, and what it asks the API when its address has no search parameters. */
type First = { parts: readonly string[]; asks: readonly string[] }
/** Screens that are opened first, by their path; with `*` whatever is below it. */
const FIRST: Readonly<Record<string, First>> = {
  '/': {
    parts: [MENU, 'src/overview/overview-page.tsx'],
    asks: ['/v1/orders/counts', '/v1/work-items/counts'],
  },
  '/orders': { parts: [MENU, 'src/orders/orders-page.tsx'], asks: ['/v1/orders?limit=50'] },
  '/approvals': {
    parts: ['src/approvals/approvals-page.tsx'],
    asks: ['/v1/approval-inbox?limit=100', '/v1/approval-inbox/counts'],
  },
  '/approvals/*': {
    parts: ['src/approvals/approvals-page.tsx', 'src/approvals/approval-pane.tsx'],
    asks: [],
  },
}

/**
 * Writes `first-screens.json`: for each first screen the `Link` header by which the page's answer names the screen's files, and what the
 * screen asks. A browser fetches both while it reads the files that every screen has, instead of after having run those.
 */
export function firstScreens(): Plugin {
  return {
    name: 'order-hub-first-screens',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const links = Object.entries(FIRST).map(([path, { parts, asks }]) => [
          path,
          { files: filesOf(bundle, parts), asks },
        ])
        const source = JSON.stringify(Object.fromEntries(links))
        this.emitFile({ type: 'asset', fileName: 'first-screens.json', source })
      },
    },
  }
}

const PRELOADED = /<link rel="modulepreload" crossorigin href="([^"]+)">/g
const BEGINNING = /<script type="module" crossorigin src="([^"]+)"><\/script>/

/**
 * Runs each file of code that the page begins with in a turn of its own, when it is there: as what the last of them imports, all of
 * them would be run in one, for which a telephone is deaf. They stand where the page has what they draw into.
 */
export function ownTurns(): Plugin {
  return {
    name: 'order-hub-own-turns',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const beginning = BEGINNING.exec(html)?.[1]
        if (beginning === undefined) throw new Error('the page begins with no code')
        const files = [...[...html.matchAll(PRELOADED)].map(([, file]) => file), beginning]
        const tags = files.map(
          (src): HtmlTagDescriptor => ({
            tag: 'script',
            attrs: { type: 'module', async: true, crossorigin: true, src },
            injectTo: 'body',
          }),
        )
        const preloaded = `<link rel="modulepreload" crossorigin href="${beginning}">`
        return { html: html.replace(BEGINNING, preloaded), tags }
      },
    },
  }
}

function filesOf(bundle: Rolldown.OutputBundle, parts: readonly string[]): string {
  const known = codeOf(bundle, [])
  const added = [...codeOf(bundle, parts)].filter((chunk) => !known.has(chunk))
  return [
    ...[...stylesOf(added)].map((file) => `</${file}>; rel=preload; as=style; crossorigin`),
    ...added.map(({ fileName }) => `</${fileName}>; rel=modulepreload`),
  ].join(', ')
}
