import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as AntApp, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { StrictMode } from 'react'
import { useTranslation } from 'react-i18next'
import type { createConsoleRouter } from './router.tsx'
import { theme } from './theme.ts'

type Props = { queries: QueryClient; router: ReturnType<typeof createConsoleRouter> }

/** The console with all that stands around its screens. */
export function App({ queries, router }: Props) {
  const { i18n } = useTranslation()
  return (
    <StrictMode>
      <QueryClientProvider client={queries}>
        <ConfigProvider locale={i18n.language === 'en' ? enUS : zhCN} theme={theme}>
          <AntApp component={false}>
            <RouterProvider router={router} />
          </AntApp>
        </ConfigProvider>
      </QueryClientProvider>
    </StrictMode>
  )
}
