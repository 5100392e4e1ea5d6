/** TMC messages, read and written by the simulator's own hand: `| version 2 | type | headers … | 0 0 |`, little-endian. */
export type TmcMessage = {
  type: number
  token?: string
  status?: { code: number; phrase: string }
  content: Map<string, string | bigint | Date | Buffer>
}

export function writeMessage({ type, token, status, content }: TmcMessage): Buffer {
  const bytes: number[] = [2, type]
  const number = (value: bigint, size: number) => {
    const unsigned = BigInt.asUintN(size * 8, value)
    for (let at = 0; at < size; at += 1) bytes.push(Number((unsigned >> BigInt(8 * at)) & 0xffn))
  }
  const block = (block: Uint8Array) => {
    number(BigInt(block.length), 4)
    bytes.push(...block)
  }
  const text = (value: string) => block(Buffer.from(value))
  if (status) {
    number(2n, 2)
    number(BigInt(status.code), 4)
    number(3n, 2)
    text(status.phrase)
  }
  if (token !== undefined) {
    number(5n, 2)
    text(token)
  }
  for (const [name, value] of content) {
    number(1n, 2)
    text(name)
    if (typeof value === 'string') {
      bytes.push(1)
      text(value)
    } else if (typeof value === 'bigint') {
      // The platform's kinds are bytes, its ids have 64 bits.
      bytes.push(name === '__kind' ? 2 : 5)
      number(value, name === '__kind' ? 1 : 8)
    } else if (value instanceof Date) {
      bytes.push(6)
      number(BigInt(value.getTime()), 8)
    } else {
      bytes.push(7)
      block(value)
    }
  }
  number(0n, 2)
  return Buffer.from(bytes)
}

/** Null for what is no message. */
export function readMessage(bytes: Buffer): TmcMessage | null {
  try {
    return parse(bytes)
  } catch {
    return null // read beyond its end
  }
}

function parse(bytes: Buffer): TmcMessage | null {
  let at = 2
  const signed = (size: number) => {
    const value =
      size === 8
        ? bytes.readBigInt64LE(at)
        : BigInt(size === 1 ? bytes.readInt8(at) : bytes.readIntLE(at, size))
    at += size
    return value
  }
  const block = () => {
    const length = Number(signed(4))
    if (length < 0 || at + length > bytes.length) throw new RangeError('a block beyond the end')
    at += length
    return bytes.subarray(at - length, at)
  }
  const text = () => block().toString()
  const value = () => {
    const format = Number(signed(1))
    const readers: Record<number, () => string | bigint | Date | Buffer> = {
      0: () => '',
      1: text,
      2: () => signed(1),
      3: () => signed(2),
      4: () => signed(4),
      5: () => signed(8),
      6: () => new Date(Number(signed(8))),
      7: block,
    }
    return readers[format]?.()
  }
  if (bytes[0] !== 2) return null
  const message: TmcMessage = { type: bytes.readUInt8(1), content: new Map() }
  for (;;) {
    const header = Number(signed(2))
    if (header === 0) return message
    if (header === 1) {
      const name = text()
      const content = value()
      if (content === undefined) return null
      message.content.set(name, content)
    } else if (header === 5) message.token = text()
    else if (header === 3) text()
    else if (header === 2 || header === 4) signed(4)
    else return null
  }
}
