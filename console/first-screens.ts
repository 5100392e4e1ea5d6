import { normalizePath, type Plugin, type Rolldown } from 'vite'

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
  const root = normalizePath(import.meta.dirname)
  return {
    name: 'order-hub-first-screens',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const links = Object.entries(FIRST).map(([path, screens]) => [
          path,
          linksOf(
            bundle,
            screens.map((screen) => `${root}/${screen}`),
          ),
        ])
        const source = JSON.stringify(Object.fromEntries(links))
        this.emitFile({ type: 'asset', fileName: 'first-screens.json', source })
      },
    },
  }
}

function linksOf(bundle: Rolldown.OutputBundle, screens: readonly string[]): string {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const entry = chunks.find(({ isEntry }) => isEntry)
  if (!entry) throw new Error('the console was built without its beginning')
  const known = withImports(bundle, [entry])
  const wanted = screens.map((screen) => {
    const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId === screen)
    if (!chunk) throw new Error(`no file of its own: ${screen}`)
    return chunk
  })
  const added = [...withImports(bundle, wanted)].filter((chunk) => !known.has(chunk))
  const styles = new Set(added.flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]))
  return [
    ...[...styles].map((file) => `</${file}>; rel=preload; as=style; crossorigin`),
    ...added.map(({ fileName }) => `</${fileName}>; rel=modulepreload`),
  ].join(', ')
}

function withImports(
  bundle: Rolldown.OutputBundle,
  from: readonly Rolldown.OutputChunk[],
): Set<Rolldown.OutputChunk> {
  const found = new Set<Rolldown.OutputChunk>()
  const take = (chunk: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined) => {
    if (chunk?.type !== 'chunk' || found.has(chunk)) return
    found.add(chunk)
    for (const file of chunk.imports) take(bundle[file])
  }
  for (const chunk of from) take(chunk)
  return found
}
