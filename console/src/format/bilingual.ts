/** Texts that come from the API in both languages. */
export type Bilingual = { zh: string; en: string }

/** The one for the language of the screen. */
export function pickText(text: Bilingual, language: string): string {
  return language.startsWith('zh') ? text.zh : text.en
}
