import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { ChineseMessages } from './messages.ts'
import { zhCN } from './zh-CN.ts'

export const LANGUAGES = ['zh-CN', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const STORED_AS = 'order-hub.language'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: ChineseMessages }
  }
}

/** Chinese, unless this browser was told otherwise: the browser's own language says little about a shared terminal. */
export function storedLanguage(storage: Pick<Storage, 'getItem'> = localStorage): Language {
  return storage.getItem(STORED_AS) === 'en' ? 'en' : 'zh-CN'
}

/** Starts with the language of this browser and the texts of the first screens. English is loaded only by those who read it. */
export async function startI18n(): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    fallbackLng: false,
    resources: { 'zh-CN': { translation: zhCN } },
    // React escapes already; doing it twice would show &amp; to people.
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await switchLanguage(storedLanguage())
  return i18next
}

/** Loads a screen together with the texts of all screens but the first; once they are here, it costs nothing. */
export function withScreenTexts<Screen>(load: () => Promise<Screen>): () => Promise<Screen> {
  return async () => {
    const [screen, { zhCNScreens }] = await Promise.all([load(), import('./zh-CN-screens.ts')])
    i18next.addResourceBundle('zh-CN', 'translation', zhCNScreens)
    return screen
  }
}

/** Changes the language of the page and remembers it for this browser. */
export async function switchLanguage(language: Language): Promise<void> {
  if (language === 'en' && !i18next.hasResourceBundle('en', 'translation')) {
    const { en } = await import('./en.ts')
    i18next.addResourceBundle('en', 'translation', en)
  }
  await i18next.changeLanguage(language)
  localStorage.setItem(STORED_AS, language)
  document.documentElement.lang = language
  document.title = i18next.t('app.name')
}
