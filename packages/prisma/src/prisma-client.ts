/**
 * The part of a generated Prisma client that is called: any client for PostgreSQL fits, of Prisma 6 or 7, wherever it
 * was generated, extended or not.
 */
export interface PrismaClientSubset {
  /** Sends one statement; values are bound, never put into the text. */
  $queryRaw(query: TemplateStringsArray, ...values: readonly unknown[]): PromiseLike<unknown>
}
