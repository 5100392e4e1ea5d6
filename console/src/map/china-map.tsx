import { EffectScatterChart, LinesChart, ScatterChart } from 'echarts/charts'
import { GeoComponent } from 'echarts/components'
import { use as register, registerMap } from 'echarts/core'
import { useMemo } from 'react'
import { Chart } from '../components/chart.tsx'
import china from './china.generated.json?raw'
import { labelPositions } from './label-positions.ts'

register([EffectScatterChart, LinesChart, ScatterChart, GeoComponent])
// By this name the library draws the islands of the South China Sea beside it.
registerMap('china', { geoJSON: china, specialAreas: {} })

export type Place = {
  id: string
  name: string
  longitude: number
  latitude: number
  colour: string
  /** Below the name. */
  note: string
  isAlarming?: boolean
}
export type Way = { from: Place; to: Place; colour: string; width?: number; isDashed?: boolean }
type Props = {
  places: readonly Place[]
  ways?: readonly Way[]
  /** What it shows, for whoever does not see it. */
  label: string
  tone: 'dark' | 'light'
  /** Of the texts, in CSS pixels. */
  fontSize: number
  className: string
}

const TONES = {
  dark: { land: '#10233f', border: '#2c4a75', text: '#e5edf8' },
  light: { land: '#eef2f7', border: '#b6c2d2', text: '#111827' },
} as const

/** Warehouses, and ways between them, on a map of China. */
export function ChinaMap({ places, ways = [], label, tone, fontSize, className }: Props) {
  const option = useMemo(() => optionOf({ places, ways, tone, fontSize }), [places, ways, tone, fontSize])
  return <Chart option={option} label={label} className={className} />
}

function optionOf({ places, ways, tone, fontSize }: Required<Omit<Props, 'label' | 'className'>>) {
  const { land, border, text } = TONES[tone]
  const positions = new Map(labelPositions(places).map((position, index) => [places[index]?.id, position]))
  const point = ({ id, name, longitude, latitude, colour, note }: Place) => ({
    id,
    name,
    value: [longitude, latitude],
    itemStyle: { color: colour },
    label: {
      formatter: note === '' ? name : `${name}\n${note}`,
      color: text,
      position: positions.get(id) ?? ('right' as const),
      fontSize,
      lineHeight: fontSize * 1.2,
    },
  })
  const scatter = {
    coordinateSystem: 'geo',
    symbolSize: fontSize * 0.7,
    label: { show: true },
    animation: false,
  }
  return {
    animation: false,
    geo: {
      map: 'china',
      roam: false,
      silent: true,
      // All of it, within the narrower side: the coast is where most warehouses are.
      layoutCenter: ['50%', '50%'],
      layoutSize: '98%',
      itemStyle: { areaColor: land, borderColor: border },
    },
    series: [
      {
        type: 'lines' as const,
        coordinateSystem: 'geo',
        data: ways.map(({ from, to, colour, width = 2, isDashed = false }) => ({
          coords: [
            [from.longitude, from.latitude],
            [to.longitude, to.latitude],
          ],
          lineStyle: { color: colour, width, type: isDashed ? ('dashed' as const) : ('solid' as const) },
        })),
        symbol: ['none', 'arrow'],
        symbolSize: fontSize * 0.8,
        lineStyle: { curveness: 0.2, opacity: 0.9 },
      },
      {
        ...scatter,
        type: 'scatter' as const,
        data: places.filter(({ isAlarming }) => !isAlarming).map(point),
      },
      {
        ...scatter,
        type: 'effectScatter' as const,
        data: places.filter(({ isAlarming }) => isAlarming).map(point),
        rippleEffect: { period: 4, scale: 3 },
      },
    ],
  }
}
