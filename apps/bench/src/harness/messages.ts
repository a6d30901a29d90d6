import type { Sample } from './measure.js'

/** What the process of a subject is told. */
export type Request =
  | { readonly type: 'warm-up'; readonly milliseconds: number; readonly batchMilliseconds: number }
  | { readonly type: 'measure'; readonly milliseconds: number }
  | { readonly type: 'allocation' }
  | { readonly type: 'close' }

/** What it answers. */
export type Answer =
  | { readonly type: 'ready' }
  /** No answer yet: how far it is. */
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'sample'; readonly sample: Sample }
  | { readonly type: 'allocation'; readonly bytes: number | undefined }
  | { readonly type: 'closed'; readonly figures: Readonly<Record<string, number>> }
  | { readonly type: 'failed'; readonly message: string }
