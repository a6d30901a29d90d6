import { runTask } from '../suite.js'

// workerd: the path names the task, its input comes as the body
// biome-ignore lint/style/noDefaultExport: Workers are modules with a default export
export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await runTask(new URL(request.url).pathname.slice(1), await request.json()))
  },
}
