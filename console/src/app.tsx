import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ConfigProvider } from 'antd'
import type { Locale } from 'antd/es/locale'
import zhCN from 'antd/locale/zh_CN'
import { StrictMode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { createConsoleRouter } from './router.tsx'
import { theme } from './theme.ts'

/** Styles are in the build: library-styles.ts. */
const BUILT = { zeroRuntime: true }

type Props = { queries: QueryClient; router: ReturnType<typeof createConsoleRouter> }

/** The console with all that stands around its screens. */
export function App({ queries, router }: Props) {
  return (
    <StrictMode>
      <QueryClientProvider client={queries}>
        {/* A word is read, found and tested as it is written, without a space between its two characters. */}
        <ConfigProvider
          locale={useLibraryLocale()}
          theme={import.meta.env.DEV ? theme : BUILT}
          button={{ autoInsertSpace: false }}
        >
          <RouterProvider router={router} />
        </ConfigProvider>
      </QueryClientProvider>
    </StrictMode>
  )
}

/** The component library's own words, in the language of the screen; English is fetched by those who read it. */
function useLibraryLocale(): Locale {
  const { i18n } = useTranslation()
  const [english, setEnglish] = useState<Locale>()
  const isEnglish = i18n.language === 'en'
  useEffect(() => {
    if (isEnglish) void import('antd/locale/en_US').then((module) => setEnglish(module.default))
  }, [isEnglish])
  return isEnglish && english ? english : zhCN
}
