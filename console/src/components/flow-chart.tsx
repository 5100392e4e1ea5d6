import { Background, Controls, Handle, type Node, type NodeProps, Position, ReactFlow } from '@xyflow/react'
import type { ReactNode } from 'react'
import '@xyflow/react/dist/style.css'
import type { Tone } from './tag.tsx'

export type FlowNode = { id: string; x: number; y: number; tone: Tone; content: ReactNode }
export type FlowEdge = {
  id: string
  from: string
  to: string
  /** Sideways to what follows, or down to what comes next. */
  way: 'across' | 'down'
  label?: string
  tone?: 'usual' | 'alarming' | 'quiet'
  isDashed?: boolean
  isMoving?: boolean
}
type BoxNode = Node<{ content: ReactNode; tone: Tone }, 'box'>

type Props = {
  label: string
  nodes: readonly FlowNode[]
  edges: readonly FlowEdge[]
  height: number
  onOpen?: (edgeId: string) => void
}

const COLOURS = { usual: '#475569', alarming: '#b91c1c', quiet: '#94a3b8' } as const

/** Boxes and arrows, to be looked at: dragged about and enlarged, but not rearranged. */
export function FlowChart({ label, nodes, edges, height, onOpen }: Props) {
  return (
    <figure className="flow-chart" style={{ height }} aria-label={label}>
      <ReactFlow<BoxNode>
        nodes={nodes.map(({ id, x, y, tone, content }) => ({
          id,
          type: 'box',
          position: { x, y },
          data: { content, tone },
        }))}
        edges={edges.map(({ id, from, to, way, label: text, tone = 'usual', isDashed, isMoving }) => ({
          id,
          source: from,
          target: to,
          sourceHandle: way,
          targetHandle: way,
          type: 'smoothstep',
          animated: isMoving === true,
          markerEnd: { type: 'arrowclosed', color: COLOURS[tone] },
          style: { stroke: COLOURS[tone], ...(isDashed ? { strokeDasharray: '6 4' } : {}) },
          ...(text === undefined ? {} : { label: text }),
        }))}
        nodeTypes={NODE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        preventScrolling={false}
        fitView
        minZoom={0.2}
        {...(onOpen ? { onEdgeClick: (_event, { id }) => onOpen(id) } : {})}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </figure>
  )
}

function Box({ data: { content, tone } }: NodeProps<BoxNode>) {
  return (
    <div className={`flow-box tag-${tone}`}>
      <Handle id="across" type="target" position={Position.Left} />
      <Handle id="down" type="target" position={Position.Top} />
      {content}
      <Handle id="across" type="source" position={Position.Right} />
      <Handle id="down" type="source" position={Position.Bottom} />
    </div>
  )
}

const NODE_TYPES = { box: Box }
