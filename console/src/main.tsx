import { startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/query-client.ts'
import { App } from './app.tsx'
import { startI18n } from './i18n/i18n.ts'
import { createConsoleRouter } from './router.tsx'
import './session/arrival.ts'
import { sessionQuery } from './session/session.ts'
import { beginAnewForMissingFiles, keepFiles } from './shell/release.ts'
import './console.css'
import 'virtual:library-styles/base.css'

const element = document.getElementById('root')
if (!element) throw new Error('index.html has no #root')
beginAnewForMissingFiles()
keepFiles()
const queries = createQueryClient()
// Asked first, as nothing can be shown before it is known.
void queries.prefetchQuery(sessionQuery)
const router = createConsoleRouter(queries)
// Shown once its language is there: nobody sees the other one flash by.
await startI18n()
const root = createRoot(element)
// In small pieces between which the browser can do something else.
startTransition(() => root.render(<App queries={queries} router={router} />))
