import type { AuthHost } from '@authcore/core/extension'
import type { DocumentStore } from '@authcore/core/ports'

/** A deployment that is known to keep documents. */
export type FactorHost = AuthHost & { readonly documents: DocumentStore }
