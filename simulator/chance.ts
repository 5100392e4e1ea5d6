import { createHash } from 'node:crypto'
import { createPrng, type Prng } from './people.ts'

/** The numbers that decide about one thing: a function of the seed and its name, whatever else happens around it. */
export function prngFor(seed: string, ...name: string[]): Prng {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, ...name]))
    .digest()
  return createPrng(hash.readUInt32BE(0))
}
