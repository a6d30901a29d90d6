/** What can happen between a store and its server. */
export type ServerFaultKind =
  /** Connections are reset before anything arrives. */
  | 'reset'
  /** The command arrives and has its effect; the connection is reset before the answer. */
  | 'lose_answer'
  /** The command arrives late. */
  | 'slow'
  /** Nothing arrives and nothing comes back until it is healed, and then the connection is reset. */
  | 'hang'
  /** The server ends and starts again with what it had promised to keep. */
  | 'restart'

/** A switch in front of a server. */
export interface ServerFaults {
  readonly kinds: readonly ServerFaultKind[]
  /** From here on every connection suffers. */
  inject(kind: ServerFaultKind): Promise<void>
  /** From here on all is well, for new connections at least. */
  heal(): Promise<void>
}
