import AhoCorasick from 'modern-ahocorasick'

/** Of one category, how many different words a text has. The words themselves may name people and stay here. */
export type WordsFound = { category: string; words: number }

/** So many words are built into one automaton: building it blocks for some tenths of a second. */
export const WORDS_AT_ONCE = 5_000

/** Traditional and fancy forms of characters that words of a dictionary are made of. */
const FOLDED = new Map(
  [
    ...(
      '發发 貨货 單单 訂订 訴诉 寫写 錯错 換换 電电 話话 號号 機机 聯联 繫系 係系 鑑鉴 錢钱 買买 賣卖 優优 評评 價价 嚴严 點点 稅税 額额 幫帮 請请 時时 後后 間间 門门 開开 關关 槍枪 藥药 龍龙 過过 還还 這这 個个 們们 為为 會会 對对 貓猫 聽听 實实 舉举 報报 協协 維维 權权 團团 劃划 據据 書书 證证 賬账 帳账 戶户 網网 銀银 員员 圖图 產产 國国 ' +
      '別别 暫暂 緩缓 銷销 複复 復复 誤误 變变 碼码 費费 場场 監监 師师 賠赔 詐诈 騙骗 償偿 體体 現现 虛虚 擬拟 補补 鵝鹅 線线 轉转 寶宝 氣气 彈弹 製制 煙烟 搖摇 頭头 幣币 辦办 竊窃 擊击'
    ).split(' '),
  ].map((pair) => [pair.slice(0, 1), pair.slice(1)] as const),
)

type Plain = {
  text: string /** Where each UTF-16 unit of it stands in the composed text. */
  places: number[]
  composed: string
}

/** Width, case, spaces and whatever else is put between the characters do not tell two texts apart. */
function plainOf(given: string): Plain {
  const composed = given.normalize('NFKC').toLowerCase()
  const places: number[] = []
  let text = ''
  let place = 0
  for (const character of composed) {
    if (/[\p{L}\p{N}]/u.test(character)) {
      const folded = FOLDED.get(character) ?? character
      for (let unit = 0; unit < folded.length; unit += 1) places.push(place)
      text += folded
    }
    place += character.length
  }
  return { text, places, composed }
}

/** What a word of the dictionary is looked for as; empty where nothing of it is a letter or a digit. */
export function plainWord(word: string): string {
  return plainOf(word).text
}

/** Finds words of a dictionary in a text, in time that does not grow with the dictionary. */
export class WordMatcher {
  readonly #automata: AhoCorasick[] = []
  /** A word may stand in several categories. */
  readonly #categories = new Map<string, Set<string>>()

  /**
   * Adds words; call it with at most `WORDS_AT_ONCE`, and let others work between the calls.
   */
  add(category: string, words: readonly string[]): void {
    const fresh: string[] = []
    for (const word of words.map(plainWord)) {
      if (word === '') continue
      const known = this.#categories.get(word)
      if (known) known.add(category)
      else {
        this.#categories.set(word, new Set([category]))
        fresh.push(word)
      }
    }
    if (fresh.length > 0) this.#automata.push(new AhoCorasick(fresh))
  }

  /** How many different words of each category the text has, by the category's name. */
  find(given: string): WordsFound[] {
    const plain = plainOf(given)
    if (plain.text === '') return []
    const found = new Map<string, Set<string>>()
    for (const automaton of this.#automata) {
      for (const { pattern, start, end } of automaton.search(plain.text)) {
        if (!standsAlone(plain, start, end - 1)) continue
        for (const category of this.#categories.get(pattern) ?? []) {
          found.set(category, (found.get(category) ?? new Set()).add(pattern))
        }
      }
    }
    return [...found]
      .map(([category, words]) => ({ category, words: words.size }))
      .toSorted((a, b) => (a.category < b.category ? -1 : 1))
  }
}

/** Latin letters and digits are words by themselves: "this book" has no "sb", and 912315 is another number. */
function standsAlone({ composed, places, text }: Plain, from: number, to: number): boolean {
  const isLatin = (character: string | undefined) => character !== undefined && /[a-z0-9]/.test(character)
  const first = places[from] ?? 0
  const last = places[to] ?? 0
  const startsOpen = isLatin(text[from]) && isLatin(composed[first - 1])
  const endsOpen = isLatin(text[to]) && isLatin(composed[last + 1])
  return !startsOpen && !endsOpen
}
