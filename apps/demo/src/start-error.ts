/** The demo cannot start, for a reason that whoever starts it can do something about; the message says which. */
export class StartError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StartError'
  }
}
