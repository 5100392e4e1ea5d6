import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { z } from 'zod'

/** The text is no XML that WeCom sends. The reason never quotes it. */
export class UnreadableXmlError extends Error {
  override readonly name = 'UnreadableXmlError'
}

/** An honest event has a few hundred bytes; its sealed form a third more. */
const MAX_CHARACTERS = 64 * 1024
const CDATA = /<!\[CDATA\[[\s\S]*?\]\]>/g
const DECLARATION = /^\uFEFF?\s*<\?xml[^<>?]*\?>/

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  // No text means anything else than what it says; whoever sends an entity is refused before this.
  processEntities: false,
  trimValues: true,
})
const document = z.strictObject({ xml: z.record(z.string(), z.unknown()) })

/**
 * The members of `<xml>`, values as text. Everything that could mean something else than what it says is refused: a document
 * type, entities of any kind, processing instructions, comments.
 *
 * @throws UnreadableXmlError
 */
export function readXml(text: string): Record<string, unknown> {
  if (text.length > MAX_CHARACTERS) throw new UnreadableXmlError('it is too long')
  const bare = text.replace(DECLARATION, '').replace(CDATA, '')
  if (/<[!?]|&/.test(bare)) throw new UnreadableXmlError('it has an entity or a declaration')
  if (XMLValidator.validate(text.replace(/^\uFEFF/, '')) !== true)
    throw new UnreadableXmlError('it is not well-formed')
  const read = document.safeParse(parse(text))
  if (!read.success) throw new UnreadableXmlError('it is no <xml>')
  return read.data.xml
}

function parse(text: string): unknown {
  try {
    return parser.parse(text)
  } catch {
    // It minds nesting and names that reach into prototypes.
    throw new UnreadableXmlError('it is not well-formed')
  }
}

/** `<name>text</name>` with the text as CDATA. */
export function cdata(name: string, text: string): string {
  return `<${name}><![CDATA[${text.replaceAll(']]>', ']] >')}]]></${name}>`
}
