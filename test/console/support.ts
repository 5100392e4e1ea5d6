import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from '@tanstack/react-router'
import i18next, { type i18n } from 'i18next'
import { type ComponentType, createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { I18nextProvider } from 'react-i18next'
import { en } from '../../console/src/i18n/en.ts'
import type { Language } from '../../console/src/i18n/i18n.ts'
import { zhCN } from '../../console/src/i18n/zh-CN.ts'
import { zhCNScreens } from '../../console/src/i18n/zh-CN-screens.ts'

/** What a part of a screen has the browser show before anything is asked, pressed or measured. */
export function markupOf<Props extends object>(
  part: ComponentType<Props>,
  props: Props,
  language: Language = 'zh-CN',
): string {
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() })
  const inLanguage = createElement(I18nextProvider, { i18n: textsOf(language) }, createElement(part, props))
  return renderToStaticMarkup(createElement(RouterContextProvider, { router, children: inLanguage }))
}

function textsOf(language: Language): i18n {
  const texts = i18next.createInstance()
  void texts.init({
    lng: language,
    resources: { 'zh-CN': { translation: { ...zhCN, ...zhCNScreens } }, en: { translation: en } },
    interpolation: { escapeValue: false },
    // With all texts at hand: the next line finds them.
    initAsync: false,
  })
  return texts
}

const folder = join(import.meta.dirname, '../../console/src')

/** The files of the console that come with one, without those that are fetched once they are needed. */
export function comesWith(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached
  reached.add(file)
  const text = readFileSync(join(folder, file), 'utf8').replace(/import type [^']*'[^']+'/g, '')
  for (const [, path = ''] of text.matchAll(/(?:from|import) '(\.[^']+\.tsx?)'/g)) {
    const next = join(dirname(file), path)
    if (!next.startsWith('..')) comesWith(next, reached)
  }
  return reached
}
