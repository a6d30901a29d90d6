/** Tells the time in epoch milliseconds. Tests inject one that they hold. */
export type Clock = () => number
