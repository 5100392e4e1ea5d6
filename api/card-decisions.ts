import type { CardVerdict } from '../contracts/wecom.ts'

/** A decision that somebody makes by a button, whose identity has been proved. */
export type CardChoice = {
  /** What the hub wrote down when it made the card. */
  subject: object
  userName: string
  verdict: CardVerdict
  /** Names the click: the same again is the same decision. */
  choiceId: string
}

export type CardAnswer = {
  /** For the log: `approved`, or why not. */
  outcome: string
  /** Takes the place of the buttons. */
  text: string
}

/** Who decides on what cards ask. The first decision counts; whoever comes later is told. */
export type CardDecisions = { decide: (choice: CardChoice) => Promise<CardAnswer> }
