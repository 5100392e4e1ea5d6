import type { Plugin, Rolldown } from 'vite'
import { codeOf, stylesOf } from './bundle-files.ts'

/** Of wide screens; the approvals are opened on telephones above all. */
const MENU = 'src/shell/screen-menu.tsx'
/** Screens that are opened first, by their path; with `*` whatever is below it. */
const FIRST: Readonly<Record<string, readonly string[]>> = {
  '/': [MENU, 'src/overview/overview-page.tsx'],
  '/orders': [MENU, 'src/orders/orders-page.tsx'],
  '/approvals': ['src/approvals/approvals-page.tsx'],
  '/approvals/*': ['src/approvals/approvals-page.tsx', 'src/approvals/approval-pane.tsx'],
}

/**
 * Writes `first-screens.json`: for each first screen the `Link` header by which the page's answer names the screen's files. A
 * browser fetches them while it reads the ones that every screen has, instead of after having run those.
 */
export function firstScreens(): Plugin {
  return {
    name: 'order-hub-first-screens',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const links = Object.entries(FIRST).map(([path, screens]) => [path, linksOf(bundle, screens)])
        const source = JSON.stringify(Object.fromEntries(links))
        this.emitFile({ type: 'asset', fileName: 'first-screens.json', source })
      },
    },
  }
}

function linksOf(bundle: Rolldown.OutputBundle, screens: readonly string[]): string {
  const known = codeOf(bundle, [])
  const added = [...codeOf(bundle, screens)].filter((chunk) => !known.has(chunk))
  return [
    ...[...stylesOf(added)].map((file) => `</${file}>; rel=preload; as=style; crossorigin`),
    ...added.map(({ fileName }) => `</${fileName}>; rel=modulepreload`),
  ].join(', ')
}
