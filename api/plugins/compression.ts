import compress from '@fastify/compress'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** What fits into one packet anyway is sent as it is. */
const LEAST_BYTES = 1_400
/** Not streams of events: what is compressed is held back until there is enough of it. */
const JSON_TYPES = /^application\/(problem\+)?json\b/

/**
 * Packs what the API answers for whoever asks for it, as browsers do: a list is a tenth of its size, which is what a telephone waits
 * for. Register after `idempotency`, which keeps answers as they are read.
 */
export const compression = fp(
  async (app: FastifyInstance) => {
    await app.register(compress, {
      threshold: LEAST_BYTES,
      customTypes: JSON_TYPES,
      encodings: ['gzip'],
      // Bodies are limited in size as they are sent.
      globalDecompression: false,
    })
  },
  { name: 'compression', dependencies: ['idempotency'] },
)
