import { LineChart as Lines } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { use as register } from 'echarts/core'
import { useMemo } from 'react'
import { Chart } from './chart.tsx'

register([Lines, GridComponent, LegendComponent, TooltipComponent])

export type ChartSeries = { name: string; values: readonly (number | null)[]; isMain?: boolean }
type Props = {
  label: string
  /** What stands below, from left to right. */
  names: readonly string[]
  series: readonly ChartSeries[]
  minimum?: number
  maximum?: number
  height?: number
}

/** Colours that tell lines apart also on a projector; the main line is thicker as well. */
const COLOURS = ['#1d4ed8', '#b45309', '#15803d', '#7e22ce', '#be123c', '#0e7490']

/** Figures over time. Whoever cannot see it is told its label: the numbers stand in a table beside each chart. */
export function LineChart({ label, names, series, minimum, maximum, height = 260 }: Props) {
  const option = useMemo(
    () => ({
      animation: false,
      color: COLOURS,
      grid: { left: 44, right: 16, top: 36, bottom: 28 },
      legend: { top: 0, type: 'scroll' },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: [...names] },
      yAxis: { type: 'value', min: minimum, max: maximum },
      series: series.map(({ name, values, isMain = false }) => ({
        type: 'line',
        name,
        data: [...values],
        symbolSize: isMain ? 6 : 3,
        lineStyle: { width: isMain ? 3 : 1.5 },
        z: isMain ? 3 : 2,
      })),
    }),
    [names, series, minimum, maximum],
  )
  return <Chart option={option} label={label} style={{ height }} />
}
