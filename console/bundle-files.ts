import { normalizePath, type Rolldown } from 'vite'

type Chunk = Rolldown.OutputChunk

const root = normalizePath(import.meta.dirname)

/**
 * The files of code that these parts of the console cannot do without, each with all that it imports.
 *
 * @param parts paths from the console's folder; the page's own beginning comes with them
 */
export function codeOf(bundle: Rolldown.OutputBundle, parts: readonly string[]): Set<Chunk> {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const found = new Set<Chunk>()
  const take = (chunk: Rolldown.OutputAsset | Chunk | undefined) => {
    if (chunk?.type !== 'chunk' || found.has(chunk)) return
    found.add(chunk)
    for (const file of chunk.imports) take(bundle[file])
  }
  for (const chunk of chunks) if (chunk.isEntry) take(chunk)
  for (const part of parts) {
    const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId === `${root}/${part}`)
    if (!chunk) throw new Error(`no file of its own: ${part}`)
    take(chunk)
  }
  return found
}

/** The style sheets that come with files of code. */
export function stylesOf(chunks: Iterable<Chunk>): Set<string> {
  return new Set([...chunks].flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]))
}
