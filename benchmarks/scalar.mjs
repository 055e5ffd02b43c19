// node scalar.mjs SPEC PORT: @scalar/mock-server, of the folder SCALAR_DIR, behind @hono/node-server
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
const folder = process.env.SCALAR_DIR
const { resolve } = createRequire(folder + '/package.json')
const { createMockServer } = await import(pathToFileURL(folder + '/node_modules/@scalar/mock-server/dist/index.js').href)
const { serve } = await import(pathToFileURL(resolve('@hono/node-server')).href)
const app = await createMockServer({ document: readFileSync(process.argv[2], 'utf8'), logger: false })
serve({ fetch: app.fetch, port: Number(process.argv[3]), hostname: '127.0.0.1' })
