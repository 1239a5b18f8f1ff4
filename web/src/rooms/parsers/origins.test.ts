import { describe, expect, it } from 'vitest';
import { originsOf } from './origins';

const text = `name: squid
dataset: squid.access
namespace: squid
extract:
  - {lines: ["%{_time:a} %{>_rest}"]}
  - of: _rest
    lines: ["%{source.ip} %{_result:a} %{.peer}"]
  - {lines: ["%{.result:w}/%{_status}"], of: _result}
time: _time
set:
  - {category: [network], type: access}
map:
  _status: http.response.status_code
cases:
  - raw: source.ip
`;
const lines = (field: string) =>
  originsOf(text, [field])
    .get(field)
    ?.map((o) => `${o.part}:${o.line}`);

describe('where a field comes from', () => {
  it('is the step that captures it', () => expect(lines('source.ip')).toEqual(['extract:7']));
  it('is the map and the step that cut its piece', () => expect(lines('http.response.status_code')).toEqual(['extract:8', 'map:13']));
  it('knows short names, the namespace, the time, the head', () => {
    expect(lines('event.category')).toEqual(['set:11']);
    expect(lines('squid.peer')).toEqual(['extract:7']);
    expect(lines('@timestamp')).toEqual(['extract:5', 'time:9']);
    expect(lines('event.dataset')).toEqual(['dataset:2']);
  });
  it('is not said of what the text does not name', () => expect(lines('related.ip')).toBeUndefined());
});
