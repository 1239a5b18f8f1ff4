// Sends numbered log records with the real OTLP exporters. A number is printed when its batch was acknowledged, "again N" when N of them are sent anew.
// node otlp.mjs URL TOKEN COUNT MARK http|proto
import { OTLPLogExporter as Http } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as Proto } from '@opentelemetry/exporter-logs-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { batch } from './pace.mjs'

const [url, token, count, mark, kind] = process.argv.slice(2)
const exporter = new (kind === 'proto' ? Proto : Http)({ url: `${url}/v1/logs`, headers: { Authorization: `Bearer ${token}` }, compression: 'gzip', timeoutMillis: 2000 })
const resource = resourceFromAttributes({ 'service.name': 'peer', 'host.name': 'peer01' })
const scope = { name: 'peers', version: '1' }
const record = (number) => ({
  hrTime: [1772438400, number], hrTimeObserved: [1772438401, 0], severityNumber: 9, severityText: 'INFO', eventName: 'told',
  spanContext: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 },
  body: number % 2 ? `größe ${number}` : { deep: [number, 1.5, true, { a: 'b' }] },
  attributes: { number, mark, list: ['a', 'b'], ratio: 0.25 }, droppedAttributesCount: 0, resource, instrumentationScope: scope,
})
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
for (let from = 0; from < Number(count);) {
  const numbers = await batch(from, 10, Number(count))
  from += numbers.length
  while (await new Promise((done) => exporter.export(numbers.map(record), (result) => done(result.code !== 0)))) {
    console.log('again', numbers.length)
    await pause(100)
  }
  console.log(numbers.join('\n'))
}
await exporter.shutdown()
process.exit(0)
