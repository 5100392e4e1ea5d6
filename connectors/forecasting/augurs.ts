import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AutoETS, initSync as initEts } from '@bsull/augurs/ets'
import { initSync as initMstl, MSTL } from '@bsull/augurs/mstl'
import type { DemandHistory, Forecaster, NamedForecaster } from '../../domain/forecast.ts'

/** Of the package's WebAssembly: the whole surface that is used here. */
type Model = {
  fit: (history: number[]) => void
  predict: (horizon: number) => { point: number[] }
  free: () => void
}

let isLoaded = false

/**
 * Forecasters of the package augurs (WebAssembly): seasons decomposed by loess with a smoothed trend (MSTL), and exponential
 * smoothing whose form is chosen by itself (ETS, without seasons). A call takes some ten milliseconds and blocks.
 *
 * @param season periods after which demand repeats
 */
export function augursForecasters(season: number): NamedForecaster[] {
  return [
    {
      name: 'mstl',
      forecast: (history, horizon) => predict(history, horizon, season, () => MSTL.ets([season])),
    },
    {
      name: 'ets',
      forecast: (history, horizon) => predict(history, horizon, season, () => new AutoETS(1, 'ZZN')),
    },
  ]
}

function predict(
  history: DemandHistory,
  horizon: number,
  season: number,
  createModel: () => Model,
): ReturnType<Forecaster> {
  // A model of two seasons knows each place in them twice: less is no season.
  if (history.length < 2 * season + 1) return null
  const complete = imputed(history, season)
  if (complete === null) return null
  load()
  const model = createModel()
  try {
    model.fit(complete)
    return [...model.predict(horizon).point]
  } catch (error) {
    // The models throw texts where they find no form that fits; another forecaster will do.
    if (typeof error === 'string') return null
    throw error
  } finally {
    model.free()
  }
}

/** A value for what is not known: the mean of the same place in the seasons around it, else of everything. */
function imputed(history: DemandHistory, season: number): number[] | null {
  const known = history.filter((units) => units !== null)
  if (known.length === 0) return null
  const mean = known.reduce((sum, units) => sum + units, 0) / known.length
  return history.map((units, place) => {
    if (units !== null) return units
    const around = [-2, -1, 1, 2].flatMap((seasons) => history[place + seasons * season] ?? [])
    return around.length === 0 ? mean : around.reduce((sum, each) => sum + each, 0) / around.length
  })
}

/** The modules are compiled when the first forecast is asked for: most processes never do. */
function load(): void {
  if (isLoaded) return
  isLoaded = true
  const require = createRequire(import.meta.url)
  const wasmOf = (name: string) =>
    readFileSync(join(dirname(require.resolve(`@bsull/augurs/${name}`)), `${name}_bg.wasm`))
  initEts({ module: wasmOf('ets') })
  initMstl({ module: wasmOf('mstl') })
}
