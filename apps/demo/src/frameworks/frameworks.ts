import type { CreateListener } from './demo-parts.js'

/** The frameworks that the demo runs on. */
export const FRAMEWORKS = ['express', 'fastify', 'koa', 'hono'] as const

export type Framework = (typeof FRAMEWORKS)[number]

/** Loads one framework and none of the others. */
export async function loadFramework(framework: Framework): Promise<CreateListener> {
  switch (framework) {
    case 'express':
      return (await import('./express-app.js')).createExpressApp
    case 'fastify':
      return (await import('./fastify-app.js')).createFastifyApp
    case 'koa':
      return (await import('./koa-app.js')).createKoaApp
    case 'hono':
      return (await import('./hono-app.js')).createHonoApp
  }
}

/** Whether a name is one of them. */
export function isFramework(name: string): name is Framework {
  return FRAMEWORKS.some(framework => framework === name)
}
