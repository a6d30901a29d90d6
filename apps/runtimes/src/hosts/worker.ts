import { runSuite } from '../suite.js'

// workerd: the input comes as the body of a request
// biome-ignore lint/style/noDefaultExport: Workers are modules with a default export
export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await runSuite(await request.json()))
  },
}
