import { run } from './bootstrap.mjs'

await run('double11')
