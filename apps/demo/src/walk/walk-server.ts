/** The server that a walk goes to, beside what can be reached over HTTP. */
export interface WalkServer {
  /** Stays the same through all restarts. */
  readonly baseUrl: string
  /** Puts the clock of the server forward. */
  advanceClock(seconds: number): Promise<void>
  /**
   * Ends the server and starts another one on the same data.
   * @returns what tells the two apart
   */
  restart(): Promise<{ readonly before: string; readonly after: string }>
}
