import type { Payload, PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'

/** Seals and opens bytes under named keys; store/keyring.ts is the one that is used. */
export type Sealer = {
  seal: (plain: Uint8Array, context: string) => { keyId: string; sealed: Uint8Array }
  open: (keyId: string, sealed: Uint8Array, context: string) => Uint8Array
}

const ENCODING = 'binary/encrypted'
/** Authenticated with every payload, so that a sealed contact can never be passed off as a payload. */
const CONTEXT = 'temporal-payload'
const utf8 = (text: string) => new TextEncoder().encode(text)
const PayloadMessage = proto.temporal.api.common.v1.Payload

/**
 * AES-256-GCM for everything that Temporal stores: arguments, results, failures' attributes, summaries, details.
 * The key's id travels in the metadata, so that keys can be rotated while old histories are still read.
 * Plain payloads (from the CLI, or from before encryption) pass through.
 */
export class PayloadCryptoCodec implements PayloadCodec {
  readonly #sealer: Sealer

  constructor(sealer: Sealer) {
    this.#sealer = sealer
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const { keyId, sealed } = this.#sealer.seal(PayloadMessage.encode(payload).finish(), CONTEXT)
      return { metadata: { encoding: utf8(ENCODING), 'encryption-key-id': utf8(keyId) }, data: sealed }
    })
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      if (text(payload.metadata?.encoding) !== ENCODING || !payload.data) return payload
      const plain = this.#sealer.open(text(payload.metadata?.['encryption-key-id']), payload.data, CONTEXT)
      return PayloadMessage.decode(plain)
    })
  }
}

function text(bytes: Uint8Array | null | undefined): string {
  return bytes ? new TextDecoder().decode(bytes) : ''
}
