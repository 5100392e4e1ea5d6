/** TMC's binary messages, protocol version 2: little-endian, a version, a type, and headers until the one that ends them. */

const VERSION = 2
/** Far more than any message has. */
const MAX_HEADERS = 64

export const TMC_TYPE = { connect: 0, connectAck: 1, send: 2, sendAck: 3 } as const
export const TMC_KIND = { pullRequest: 1, confirm: 2, data: 3 } as const

const HEADER = { end: 0, custom: 1, statusCode: 2, statusPhrase: 3, flag: 4, token: 5 } as const
const FORMAT = { nothing: 0, text: 1, byte: 2, int16: 3, int32: 4, int64: 5, date: 6, bytes: 7 } as const

/** A small number is a byte, a bigint has 64 bits. */
export type TmcValue = null | string | number | bigint | Date | Buffer
export type TmcFrame = {
  type: number
  /** Anything but 0 is an error. */
  statusCode: number
  statusPhrase: string
  token: string
  content: ReadonlyMap<string, TmcValue>
}

/** These bytes are no message of TMC. */
export class MalformedFrameError extends Error {
  override readonly name = 'MalformedFrameError'
}

/** Writes a message of ours. */
export function encodeFrame({
  type,
  token = '',
  content,
}: {
  type: number
  token?: string
  content: Readonly<Record<string, string | number | bigint>>
}): Buffer {
  const parts: Buffer[] = [Buffer.of(VERSION, type)]
  if (token) parts.push(int16(HEADER.token), counted(token))
  for (const [name, value] of Object.entries(content)) {
    parts.push(int16(HEADER.custom), counted(name), encodeValue(value))
  }
  parts.push(int16(HEADER.end))
  return Buffer.concat(parts)
}

function encodeValue(value: string | number | bigint): Buffer {
  if (typeof value === 'string') return Buffer.concat([Buffer.of(FORMAT.text), counted(value)])
  if (typeof value === 'number') return Buffer.of(FORMAT.byte, value)
  const bytes = Buffer.alloc(9)
  bytes.writeUInt8(FORMAT.int64)
  bytes.writeBigInt64LE(value, 1)
  return bytes
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  const length = Buffer.alloc(4)
  length.writeInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16LE(value)
  return bytes
}

/** Reads a message of the platform. @throws MalformedFrameError for any other bytes */
export function decodeFrame(bytes: Buffer): TmcFrame {
  const reader = new Reader(bytes)
  if (reader.byte() !== VERSION) throw new MalformedFrameError('another version of the protocol')
  const type = reader.byte()
  const content = new Map<string, TmcValue>()
  const frame = { type, statusCode: 0, statusPhrase: '', token: '', content }
  for (let headers = 0; headers <= MAX_HEADERS; headers += 1) {
    const header = reader.int16()
    switch (header) {
      case HEADER.end:
        return frame
      case HEADER.custom:
        content.set(reader.text(), reader.value())
        break
      case HEADER.statusCode:
        frame.statusCode = reader.int32()
        break
      case HEADER.statusPhrase:
        frame.statusPhrase = reader.text()
        break
      case HEADER.flag:
        reader.int32()
        break
      case HEADER.token:
        frame.token = reader.text()
        break
      default:
        throw new MalformedFrameError('an unknown header')
    }
  }
  throw new MalformedFrameError('too many headers')
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  byte(): number {
    return this.#take(1).readUInt8()
  }

  int16(): number {
    return this.#take(2).readInt16LE()
  }

  int32(): number {
    return this.#take(4).readInt32LE()
  }

  int64(): bigint {
    return this.#take(8).readBigInt64LE()
  }

  bytes(): Buffer {
    const length = this.int32()
    if (length < 0) throw new MalformedFrameError('a negative length')
    return this.#take(length)
  }

  text(): string {
    return this.bytes().toString('utf8')
  }

  value(): TmcValue {
    switch (this.byte()) {
      case FORMAT.nothing:
        return null
      case FORMAT.text:
        return this.text()
      case FORMAT.byte:
        return this.byte()
      case FORMAT.int16:
        return this.int16()
      case FORMAT.int32:
        return this.int32()
      case FORMAT.int64:
        return this.int64()
      case FORMAT.date:
        return new Date(Number(this.int64()))
      case FORMAT.bytes:
        return this.bytes()
      default:
        throw new MalformedFrameError('an unknown format of a value')
    }
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new MalformedFrameError('it ends too early')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}
