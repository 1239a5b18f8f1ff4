using System.Text;
using Andon.Model;

namespace Andon.Store.Events;

/// <summary>Turns hits into the alerts table's columns. Hits are few: plain code, by the columns' names.</summary>
sealed class AlertEncoder : IDisposable
{
    readonly NativeBlock block = new(EventTables.Alerts);
    readonly Dictionary<string, NativeColumn> columns = [];

    public AlertEncoder()
    {
        var stored = EventTables.Alerts.Stored.ToList();
        for (var i = 0; i < stored.Count; i++) columns[stored[i].Name] = block.Columns[i];
    }

    public NativeBlock Block => block;
    public int Rows => block.Rows;

    public static long TimeOf(Hit hit) => Math.Clamp(hit.TimeMs, EventLimits.TimeMsMin, EventLimits.TimeMsMax);

    public void Add(Hit hit, ulong blockPosition, int number)
    {
        Fixed("event_id").Add(hit.Event.Value);
        Fixed("timestamp").Add(TimeOf(hit));
        Fixed("detected").Add(Math.Clamp(hit.DetectedMs, EventLimits.TimeMsMin, EventLimits.TimeMsMax));
        Text("rule_id", hit.RuleId);
        Text("title", hit.Title);
        Text("author", hit.Author);
        Text("level", Word(hit.Level));
        Text("queue", Word(hit.Queue));
        Texts("tags", hit.Tags);
        Text("source_id", hit.SourceId);
        Texts("entities", hit.Entities.Select(e => e.Key));
        Texts("entity_roles", hit.Entities.Select(e => Word(e.Role)));
        var fields = (MapColumn)columns["fields"];
        foreach (var (name, value) in hit.Fields) fields.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        fields.EndRow();
        var contributing = (NumberArrayColumn)columns["contributing"];
        foreach (var id in hit.Contributing) contributing.Add(id.Value);
        contributing.EndRow();
        Fixed("block").Add(blockPosition);
        Fixed("number").Add((ulong)number);
        block.Rows++;
    }

    public void Clear() => block.Clear();
    public void Dispose() => block.Dispose();

    FixedColumn Fixed(string name) => (FixedColumn)columns[name];
    void Text(string name, string value) => ((TextColumn)columns[name]).Add(value);

    void Texts(string name, IEnumerable<string> values)
    {
        var column = (TextArrayColumn)columns[name];
        foreach (var value in values) column.Add(value);
        column.EndRow();
    }

    static string Word<T>(T value) where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
