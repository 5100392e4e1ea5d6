import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { FileStore } from './file-store.ts'

/** What seals and opens under a ring of keys. */
type Sealer = {
  seal: (plain: Uint8Array, context: string) => { keyId: string; sealed: Buffer }
  open: (keyId: string, sealed: Uint8Array, context: string) => Buffer
}

/** Where all files of attachments are. */
export const ATTACHMENT_FOLDER = 'attachments/'
const PARTS = ['file', 'thumbnail'] as const
export type AttachmentPart = (typeof PARTS)[number]

/** The file of an attachment and its thumbnail: they may show a person or an address, so they are sealed like a contact. */
export class AttachmentFiles {
  readonly #files: FileStore
  readonly #sealer: Sealer

  constructor(files: FileStore, sealer: Sealer) {
    this.#files = files
    this.#sealer = sealer
  }

  /** Keeps both under an id that nobody has used before. Returns the key that they are sealed with. */
  async put(
    id: string,
    { contents, thumbnail }: { contents: Buffer; thumbnail: Buffer | null },
  ): Promise<string> {
    const keyId = await this.#put(id, 'file', contents)
    if (thumbnail) await this.#put(id, 'thumbnail', thumbnail)
    return keyId
  }

  /** @throws when it is not there, or is not what was kept */
  async read(id: string, part: AttachmentPart, keyId: string): Promise<Buffer> {
    const sealed = await buffer(await this.#files.read(keyOf(id, part)))
    return this.#sealer.open(keyId, sealed, keyOf(id, part))
  }

  async remove(id: string): Promise<void> {
    for (const part of PARTS) await this.#files.remove(keyOf(id, part))
  }

  async #put(id: string, part: AttachmentPart, plain: Buffer): Promise<string> {
    const key = keyOf(id, part)
    const { keyId, sealed } = this.#sealer.seal(plain, key)
    await this.#files.put(key, Readable.from([sealed]))
    return keyId
  }
}

function keyOf(id: string, part: AttachmentPart): string {
  return `${ATTACHMENT_FOLDER}${id}-${part}`
}

/** Whose file this is; null where the key is no attachment's. */
export function attachmentOfKey(key: string): string | null {
  return new RegExp(`^${ATTACHMENT_FOLDER}([0-9a-f-]{36})-(${PARTS.join('|')})$`).exec(key)?.[1] ?? null
}
