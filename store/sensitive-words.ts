import { setImmediate as others } from 'node:timers/promises'
import type { SensitiveWordsPolicy } from '../contracts/policies/sensitive-words.ts'
import { WORDS_AT_ONCE, WordMatcher } from '../domain/sensitive-words.ts'
import type { CurrentPolicy } from './policy.ts'

/** The dictionary that is in force, ready to be looked up: built once a version, in pieces that let others work between. */
export class SensitiveWords {
  #built: { version: number; matcher: Promise<WordMatcher> } | null = null

  async of({ version, document }: CurrentPolicy<'sensitive-words'>): Promise<WordMatcher> {
    if (this.#built?.version !== version) this.#built = { version, matcher: build(document) }
    return this.#built.matcher
  }
}

async function build({ categories }: SensitiveWordsPolicy): Promise<WordMatcher> {
  const matcher = new WordMatcher()
  for (const { category, words } of categories) {
    for (let from = 0; from < words.length; from += WORDS_AT_ONCE) {
      matcher.add(category, words.slice(from, from + WORDS_AT_ONCE))
      await others()
    }
  }
  return matcher
}
